// SPDX-License-Identifier: Apache-2.0
public import Common

/// A scheduled send that is to be made, as it was asked for.
public struct NewScheduledSend: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Its channel.
    public var channel: Channel
    /// The message.
    public var message: StoredMessageID
    /// The list; exactly one of list and search is given.
    public var list: ListID?
    /// The search.
    public var search: SearchID?
    /// The wanted start; one in the past becomes now.
    public var scheduledAt: Instant
    /// At most so many messages an hour.
    public var rate: Int?

    /// Makes a scheduled send to create.
    public init(
        _ name: String,
        channel: Channel,
        message: StoredMessageID,
        list: ListID? = nil,
        search: SearchID? = nil,
        scheduledAt: Instant,
        rate: Int? = nil
    ) {
        self.name = name
        self.channel = channel
        self.message = message
        self.list = list
        self.search = search
        self.scheduledAt = scheduledAt
        self.rate = rate
    }
}

/// What is to become different about a scheduled send; what is nil stays.
public struct ScheduledSendChange: Sendable, Hashable {
    /// The name.
    public var name: String?
    /// Whether it is cancelled.
    public var isCancelled: Bool?
    /// The list; `.some(nil)` for none.
    public var list: ListID??
    /// The search; `.some(nil)` for none.
    public var search: SearchID??
    /// The wanted start; one in the past becomes now.
    public var scheduledAt: Instant?

    /// Makes a change; nothing changes unless given.
    public init(
        name: String? = nil,
        isCancelled: Bool? = nil,
        list: ListID?? = nil,
        search: SearchID?? = nil,
        scheduledAt: Instant? = nil
    ) {
        self.name = name
        self.isCancelled = isCancelled
        self.list = list
        self.search = search
        self.scheduledAt = scheduledAt
    }
}
