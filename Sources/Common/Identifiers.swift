// SPDX-License-Identifier: Apache-2.0

/// The number of a thing of one kind, unique within its workspace and never given twice.
///
/// The kind is part of the type, so that a task's id cannot be passed where a campaign's is wanted.
public struct ID<Kind>: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// The number itself, 1 or more.
    public let value: Int64

    /// Makes an id from its number.
    public init(_ value: Int64) {
        self.value = value
    }

    /// Reads the id from its number.
    public init(from decoder: any Decoder) throws {
        value = try decoder.singleValueContainer().decode(Int64.self)
    }

    /// Writes the id as its number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }

    /// The number in decimal digits.
    public var description: String { String(value) }

    /// Orders ids by number, which is the order in which they were given.
    public static func < (left: ID, right: ID) -> Bool { left.value < right.value }
}

/// The kinds of things that have an ``ID``; never instantiated.
public enum Kind {
    /// A workspace.
    public enum Workspace {}
    /// An entity of a workspace.
    public enum Entity {}
    /// A user.
    public enum User {}
    /// A token of a user.
    public enum Token {}
    /// A task.
    public enum Task {}
    /// A schedule.
    public enum Schedule {}
    /// A profile table.
    public enum ProfileTable {}
    /// A custom table.
    public enum CustomTable {}
    /// A row of a custom table.
    public enum CustomRow {}
    /// A segmentation of a profile table.
    public enum Segmentation {}
    /// A segment of a segmentation.
    public enum Segment {}
    /// An attribute of a table.
    public enum Attribute {}
    /// A profile.
    public enum Profile {}
    /// A list.
    public enum MailingList {}
    /// A saved search.
    public enum Search {}
    /// A file location.
    public enum Location {}
    /// An automated import.
    public enum Import {}
    /// A bulk of members.
    public enum MemberBulk {}
    /// A campaign.
    public enum Campaign {}
    /// One send of a campaign.
    public enum Send {}
    /// An interaction.
    public enum Interaction {}
    /// An incremental export.
    public enum Export {}
    /// A message that someone wrote.
    public enum Message {}
    /// A send at a time, a `task` of the API.
    public enum ScheduledSend {}
    /// An address that is told of the ends of tasks.
    public enum Webhook {}
    /// A relay that takes mails.
    public enum Relay {}
    /// Several messages that are compared.
    public enum SplitTest {}
    /// A gateway of text messages.
    public enum SMSAccount {}
}

/// The id of a workspace.
public typealias WorkspaceID = ID<Kind.Workspace>
/// The id of an entity.
public typealias EntityID = ID<Kind.Entity>
/// The id of a user.
public typealias UserID = ID<Kind.User>
/// The id of a token.
public typealias TokenID = ID<Kind.Token>
/// The id of a task.
public typealias TaskID = ID<Kind.Task>
/// The id of a schedule.
public typealias ScheduleID = ID<Kind.Schedule>
/// The id of a profile table.
public typealias ProfileTableID = ID<Kind.ProfileTable>
/// The id of a custom table.
public typealias CustomTableID = ID<Kind.CustomTable>
/// The id of a row of a custom table.
public typealias CustomRowID = ID<Kind.CustomRow>
/// The id of a segmentation.
public typealias SegmentationID = ID<Kind.Segmentation>
/// The id of a segment.
public typealias SegmentID = ID<Kind.Segment>
/// The id of an attribute.
public typealias AttributeID = ID<Kind.Attribute>
/// The id of a profile.
public typealias ProfileID = ID<Kind.Profile>
/// The id of a list.
public typealias ListID = ID<Kind.MailingList>
/// The id of a search.
public typealias SearchID = ID<Kind.Search>
/// The id of a location.
public typealias LocationID = ID<Kind.Location>
/// The id of an automated import.
public typealias ImportID = ID<Kind.Import>
/// The id of a bulk of members.
public typealias MemberBulkID = ID<Kind.MemberBulk>
/// The id of a campaign.
public typealias CampaignID = ID<Kind.Campaign>
/// The id of a send.
public typealias SendID = ID<Kind.Send>
/// The id of an interaction.
public typealias InteractionID = ID<Kind.Interaction>
/// The id of an export.
public typealias ExportID = ID<Kind.Export>
/// The id of a message that someone wrote; a mail's own Message-ID is another thing.
public typealias StoredMessageID = ID<Kind.Message>
/// The id of a scheduled send.
public typealias ScheduledSendID = ID<Kind.ScheduledSend>
/// The id of a webhook.
public typealias WebhookID = ID<Kind.Webhook>
/// The id of a relay.
public typealias RelayID = ID<Kind.Relay>
/// The id of a split test.
public typealias SplitTestID = ID<Kind.SplitTest>
/// The id of a gateway of text messages.
public typealias SMSAccountID = ID<Kind.SMSAccount>
