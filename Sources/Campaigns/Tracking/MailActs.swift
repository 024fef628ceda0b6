// SPDX-License-Identifier: Apache-2.0
internal import Audience
public import Common
public import Database

/// What recipients do with their mails: opening, clicking, leaving, coming back.
///
/// Each call may come again and again, for the same mail, on two nodes at once: the first counts, and
/// later ones move at most the moment of the last contact (spec/campaigns.md, "Tracking").
public struct MailActs: Sendable {
    private let workspace: WorkspaceID
    /// Repeated openings within this time write nothing.
    private static let pause = Span.hours(1)

    /// The recipients of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Notes that images were loaded.
    public func opened(_ id: InteractionID, in transaction: Transaction) throws {
        guard let contact = try MailContact(id, of: workspace, in: transaction) else { return }
        try ActivityStore(workspace).record([Activity(.opening, of: id)], in: transaction)
        try contact.touch(.lastEmailOpenMoment, in: transaction)
    }

    /// Whether an opening would change anything, so that most images cost no writing.
    public func isOpeningNew(
        _ id: InteractionID,
        at now: Instant,
        in connection: Connection
    ) throws -> Bool {
        guard let contact = try MailContact(id, of: workspace, in: connection) else { return false }
        let known: Int64? = try connection.value(
            """
            SELECT 1 FROM activity
            WHERE workspace_id = $1 AND interaction_id = $2 AND kind = $3 AND ordinal = 0
            """,
            [workspace, id, ActivityKind.opening]
        )
        guard known != nil else { return true }
        guard let table = try contact.profileTable(in: connection) else {
            return false
        }
        let last = try RecencyStore(table)
            .moments(of: contact.profile, in: connection)[.lastEmailOpenMoment]
        return last.map { now - $0 >= MailActs.pause } ?? false
    }

    /// Notes that a link was clicked, and with it that the mail was opened.
    ///
    /// Links of other campaigns count for nothing.
    public func clicked(
        _ id: InteractionID,
        _ link: StoredLink,
        in transaction: Transaction
    ) throws {
        guard let contact = try MailContact(id, of: workspace, in: transaction),
            contact.campaign == link.campaign
        else { return }
        let click = Activity(
            .click,
            of: id,
            ordinal: link.id,
            linkName: link.name,
            linkURL: link.url,
            isFirstClick: try contact.isFirstClick(in: transaction)
        )
        try ActivityStore(workspace).record([Activity(.opening, of: id), click], in: transaction)
        try contact.touch(.lastEmailOpenMoment, in: transaction)
        try contact.touch(.lastEmailClickMoment, in: transaction)
    }
}

/// Whom a contact was with.
struct MailContact: Sendable {
    let workspace: WorkspaceID
    var campaign: CampaignID
    var table: ProfileTableID
    var profile: ProfileID

    /// Nil for a contact that does not exist.
    init?(_ id: InteractionID, of workspace: WorkspaceID, in connection: Connection) throws {
        let row = try connection.row(
            """
            SELECT campaign_id, table_id, profile_id FROM interaction
            WHERE workspace_id = $1 AND id = $2
            """,
            [workspace, id]
        )
        guard let row else { return nil }
        self.workspace = workspace
        campaign = try row.get("campaign_id")
        table = try row.get("table_id")
        profile = try row.get("profile_id")
    }

    /// The profile's table; nil when it is gone.
    func profileTable(in connection: Connection) throws -> ProfileTable? {
        do {
            return try ProfileTableStore(workspace).table(table, in: connection)
        } catch is AudienceError { return nil }
    }

    /// Whether a click is the first of the profile on any link of the campaign; of two at once, one is.
    func isFirstClick(in transaction: Transaction) throws -> Bool {
        try transaction.lock("click:\(workspace):\(campaign):\(profile)")
        let earlier: Int64? = try transaction.value(
            """
            SELECT 1 FROM activity
            WHERE workspace_id = $1 AND profile_id = $2 AND campaign_id = $3 AND kind = $4 LIMIT 1
            """,
            [workspace, profile, campaign, ActivityKind.click]
        )
        return earlier == nil
    }

    /// Moves the moment of the profile's last contact.
    func touch(_ moment: RecencyMoment, in transaction: Transaction) throws {
        guard let table = try profileTable(in: transaction) else { return }
        try RecencyStore(table)
            .touch(moment, of: [profile], at: transaction.moment, in: transaction)
    }
}
