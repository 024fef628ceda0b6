// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
internal import Messaging

/// Where a contact stands (design/protocols.md, "Send").
public enum InteractionState: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// To be sent.
    case pending
    /// Handed over, answer outstanding.
    case inFlight
    /// To be tried again.
    case retry
    /// Handed over.
    case sent
    /// In the file of its channel, to be taken.
    case ready
    /// Left out or given up.
    case notSent
    /// In flight when the program stopped.
    case inDoubt
    /// Never sent, because someone stopped the send.
    case stopped
}

/// One contact of one profile by one campaign, sent or not.
public struct Interaction: Sendable, Hashable {
    /// Its id.
    public var id: InteractionID
    /// The send that it belongs to.
    public var send: SendID
    /// The campaign.
    public var campaign: CampaignID
    /// The profile.
    public var profile: ProfileID
    /// The address as it was then; nil when there was none, or once it was erased.
    public var address: String?
    /// The line of the file that brought the profile.
    public var line: Int64?
    /// Where it stands.
    public var state: InteractionState
    /// The category of the status.
    public var category: String?
    /// Why it was not sent, or how it bounced.
    public var status: String?
    /// The words of whoever refused it.
    public var detail: String?
    /// How often it was tried.
    public var attempts: Int
    /// When it was planned.
    public var createdAt: Instant
    /// When its state was decided.
    public var eventAt: Instant?
}

extension Interaction {
    /// The Message-ID of its mail, which names it: the same for each try.
    func messageID(in workspace: WorkspaceID, domain: String) -> MessageID? {
        MessageID("\(workspace).\(id)@\(domain)")
    }

    static let columns = """
        id, send_id, campaign_id, profile_id, address, line, state, category, status, detail,
        attempts, created_at, event_at
        """

    init(_ row: Row) throws {
        id = try row.get("id")
        send = try row.get("send_id")
        campaign = try row.get("campaign_id")
        profile = try row.get("profile_id")
        address = try row.get("address")
        line = try row.get("line")
        state = try row.get("state")
        category = try row.get("category")
        status = try row.get("status")
        detail = try row.get("detail")
        attempts = try row.get("attempts")
        createdAt = try row.get("created_at")
        eventAt = try row.get("event_at")
    }
}
