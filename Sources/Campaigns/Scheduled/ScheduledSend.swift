// SPDX-License-Identifier: Apache-2.0
public import Common
internal import Database

/// To whom a scheduled send goes.
public enum SendTarget: Sendable, Hashable {
    /// Everyone who is subscribed to a list when it runs.
    case list(ListID)
    /// Everyone whom a saved search finds when it runs.
    case search(SearchID)

    /// The list, if it is one.
    public var list: ListID? {
        guard case .list(let id) = self else { return nil }
        return id
    }

    /// The search, if it is one.
    public var search: SearchID? {
        guard case .search(let id) = self else { return nil }
        return id
    }
}

/// A time of day at which each recipient gets the message, by their own clock.
public struct RecipientTime: Sendable, Hashable {
    /// The time.
    public var time: TimeOfDay
    /// The zone of recipients whose profile names none.
    public var zone: Zone

    /// Makes a recipients' time.
    public init(_ time: TimeOfDay, otherwiseIn zone: Zone) {
        self.time = time
        self.zone = zone
    }
}

/// A message that goes to a list or a search at a time: a `task` of the API (spec/api.md).
public struct ScheduledSend: Sendable, Hashable {
    /// Its id, which is not Task History's.
    public var id: ScheduledSendID
    /// Its name, which its campaign shares.
    public var name: String
    /// Its channel.
    public var channel: Channel
    /// To whom it goes.
    public var target: SendTarget
    /// The message.
    public var message: StoredMessageID
    /// The user who wrote the message; nil when no user did.
    public var author: UserID?
    /// The one-shot campaign that was made with it.
    public var campaign: CampaignID
    /// The send that it is.
    public var send: SendID
    /// The task that carries it out.
    public var task: TaskID
    /// Whether someone stopped it; never together with ``isCompleted``.
    public var isCancelled: Bool
    /// Whether it has ended by itself, also when it failed (``failure``).
    public var isCompleted: Bool
    /// When it really began; nil while it waits.
    public var beganAt: Instant?
    /// When it finished or was cancelled.
    public var endedAt: Instant?
    /// Why it ended early, when something kept it from going on; its task is Fatal then, and goes on
    /// where it stopped when someone retries that.
    public var failure: String?
    /// At most so many messages in any 60 minutes; nil for as fast as they go.
    public var rate: Int?
    /// The local time at which each recipient gets it; nil for at once.
    public var recipientTime: RecipientTime?
    /// The wanted start.
    public var scheduledAt: Instant
    /// How many recipients were found when it was made.
    public var size: Int
    /// The split test that it belongs to.
    public var splitTest: Int64?
    /// When it was made.
    public var createdAt: Instant

    /// Whether it has begun and not ended.
    public var isRunning: Bool { beganAt != nil && !isEnded }
    /// Whether it was cancelled or completed.
    public var isEnded: Bool { isCancelled || isCompleted }
}

extension ScheduledSend {
    static let columns = """
        id, name, channel, list_id, search_id, message_id, author_id, campaign_id, send_id, task_id,
        cancelled, completed, began_at, ended_at, failure, rate, recipient_time, recipient_zone,
        scheduled_at, size, splittest_id, created_at
        """

    init(_ row: Row) throws {
        id = try row.get("id")
        name = try row.get("name")
        channel = try row.get("channel")
        let list: ListID? = try row.get("list_id")
        target = try list.map { .list($0) } ?? .search(row.get("search_id"))
        message = try row.get("message_id")
        author = try row.get("author_id")
        campaign = try row.get("campaign_id")
        send = try row.get("send_id")
        task = try row.get("task_id")
        isCancelled = try row.get("cancelled")
        isCompleted = try row.get("completed")
        beganAt = try row.get("began_at")
        endedAt = try row.get("ended_at")
        failure = try row.get("failure")
        rate = try row.get("rate")
        let time: String? = try row.get("recipient_time")
        let zone: String? = try row.get("recipient_zone")
        recipientTime = time.flatMap { TimeOfDay($0) }.map {
            RecipientTime($0, otherwiseIn: zone.flatMap { Zone($0) } ?? .utc)
        }
        scheduledAt = try row.get("scheduled_at")
        size = try row.get("size")
        splitTest = try row.get("splittest_id")
        createdAt = try row.get("created_at")
    }
}
