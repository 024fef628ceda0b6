// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// What followed a contact (spec/campaigns.md, "Tracking"; spec/exports.md, "Windows").
public enum ActivityKind: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// Images were loaded, or a link was clicked: the first of either.
    case opening
    /// A link was clicked for the first time; in a text message, the first of all its links.
    case click
    /// The message came back, hard or soft: every time.
    case bounce
    /// The recipient left the list, by link or with one click.
    case unsubscribe
    /// The recipient called it spam.
    case complaint
    /// The operator says that a text message arrived.
    case delivered
    /// The operator says that a text message did not arrive.
    case deliveryFailed
    /// The recipient answered STOP, or the operator said so.
    case stop
    /// The file with the contact was downloaded or dropped.
    case downloaded
}

/// One event that followed an interaction; the row of an activity export.
public struct Activity: Sendable, Hashable {
    /// The contact that it followed.
    public var interaction: InteractionID
    /// What happened.
    public var kind: ActivityKind
    /// What tells events of one kind apart: the link of a click, the number of a bounce; 0 for
    /// kinds of which an interaction has one.
    public var ordinal: Int64
    /// The category of a bounce or a failure, such as `HARD_BOUNCE`.
    public var category: String?
    /// The status of a bounce or a failure, such as `UNKNOWN_USER`.
    public var status: String?
    /// The words of whoever reported it; forgotten when the person is erased.
    public var detail: String?
    /// The name of the link of a click.
    public var linkName: String?
    /// The target of the link of a click.
    public var linkURL: String?
    /// Whether a click is the first of its profile on any link of its campaign; nil for other kinds.
    public var isFirstClick: Bool?

    /// An event of an interaction.
    public init(
        _ kind: ActivityKind,
        of interaction: InteractionID,
        ordinal: Int64 = 0,
        category: String? = nil,
        status: String? = nil,
        detail: String? = nil,
        linkName: String? = nil,
        linkURL: String? = nil,
        isFirstClick: Bool? = nil
    ) {
        self.interaction = interaction
        self.kind = kind
        self.ordinal = ordinal
        self.category = category
        self.status = status
        self.detail = detail
        self.linkName = linkName
        self.linkURL = linkURL
        self.isFirstClick = isFirstClick
    }
}
