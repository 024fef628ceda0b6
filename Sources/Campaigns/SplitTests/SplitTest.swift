// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// How many recipients a split test takes for the test.
public enum SplitShare: Sendable, Hashable {
    /// So many of a hundred of the target.
    case percentage(Int)
    /// So many in all.
    case number(Int)

    /// How many of a target that has so many.
    public func count(of total: Int) -> Int {
        switch self {
        case .percentage(let percent): (total * percent + 50) / 100
        case .number(let number): min(number, total)
        }
    }
}

/// By what the messages of a split test are compared: the share of distinct recipients.
public enum SplitCriterion: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// Who opened it; of mails only.
    case open
    /// Who clicked a link.
    case click
}

/// What happens once the messages were compared.
public enum SplitAction: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// The winner goes to everyone of the target who was not in the test.
    case targetwinner
    /// Nothing is sent; the test says which won.
    case tellme
}

/// What happens when several messages are equally good.
public enum SplitTie: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// The first of them, in the order of the test's messages, wins.
    case first
    /// None wins and nothing more is sent.
    case tellme
}

/// Where a split test stands.
public enum SplitState: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// Its time has not come.
    case scheduled
    /// Its messages go out, or it waits for opens and clicks.
    case testing
    /// The messages were compared.
    case decided
    /// Someone stopped it before that.
    case cancelled
}

/// Up to five messages that are compared on a part of a target (spec/api.md, "splitTest").
public struct SplitTest: Sendable, Hashable {
    /// Its id.
    public var id: SplitTestID
    /// Its name, which its campaign and its sends share.
    public var name: String
    /// The channel.
    public var channel: Channel
    /// Whom it goes to.
    public var target: SendTarget
    /// The messages in order: versions A, B and so on.
    public var messages: [StoredMessageID]
    /// How many take part in the test.
    public var share: SplitShare
    /// By what the messages are compared.
    public var criterion: SplitCriterion
    /// How many hours after the last test message.
    public var delayHours: Int
    /// What happens then.
    public var action: SplitAction
    /// What happens when several are equally good.
    public var tie: SplitTie
    /// When it begins.
    public var scheduledAt: Instant
    /// Where it stands.
    public var state: SplitState
    /// The A/B campaign that its sends belong to.
    public var campaign: CampaignID
    /// The task that carries it out.
    public var task: TaskID
    /// The sends of its messages in order; none before it has begun.
    public var sends: [ScheduledSendID]
    /// Which message won, counted from 0.
    public var winner: Int?
    /// Whether several were equally good; nil until they were compared.
    public var isTied: Bool?
    /// The send of the winner to the rest.
    public var winnerSend: ScheduledSendID?
    /// When the messages were compared, or it was cancelled.
    public var endedAt: Instant?

    /// Whether it was decided or cancelled.
    public var isEnded: Bool { state == .decided || state == .cancelled }

    /// The letter of a message by its place: A, B, C, D, E.
    public static func version(_ index: Int) -> String {
        String(UnicodeScalar(UInt8(ascii: "A") + UInt8(clamping: min(max(index, 0), 25))))
    }
}

extension SplitTest {
    static let columns = """
        id, name, channel, list_id, search_id, message_ids, share_type, share, criterion, delay,
        action, tie, scheduled_at, state, campaign_id, task_id, task_ids, winner, is_tied,
        winner_send_id, ended_at
        """

    init(_ row: Row) throws {
        id = try row.get("id")
        name = try row.get("name")
        channel = try row.get("channel")
        let list: ListID? = try row.get("list_id")
        target = try list.map { .list($0) } ?? .search(row.get("search_id"))
        messages = try row.json("message_ids")
        let share: Int = try row.get("share")
        self.share =
            try row.get("share_type") == "percentage" ? .percentage(share) : .number(share)
        criterion = try row.get("criterion")
        delayHours = try row.get("delay")
        action = try row.get("action")
        tie = try row.get("tie")
        scheduledAt = try row.get("scheduled_at")
        state = try row.get("state")
        campaign = try row.get("campaign_id")
        task = try row.get("task_id")
        sends = try row.json("task_ids")
        winner = try row.get("winner")
        isTied = try row.get("is_tied")
        winnerSend = try row.get("winner_send_id")
        endedAt = try row.get("ended_at")
    }
}
