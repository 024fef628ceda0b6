// SPDX-License-Identifier: Apache-2.0
public import Common

/// What may be asked of a scheduled send, and what becomes of it (spec/api.md, "task", 1 to 4).
///
/// Pure. Refusals are ``CampaignError/refused(attribute:reason:)`` with the API's attribute.
public enum ScheduledSendRules {
    /// The most messages an hour that can be asked for.
    public static let highestRate = 100_000_000

    /// A scheduled send to create, its values in order; 1: a time in the past becomes now.
    public static func create(
        _ new: NewScheduledSend,
        at now: Instant
    ) throws -> (new: NewScheduledSend, target: SendTarget) {
        var new = new
        new.name = try FieldRule.name(new.name)
        let target = try target(list: new.list, search: new.search, blaming: "search_id")
        try check(rate: new.rate)
        new.scheduledAt = max(new.scheduledAt, now)
        return (new, target)
    }

    /// A scheduled send after a change (3).
    ///
    /// The present value may be repeated at any time.
    public static func apply(
        _ change: ScheduledSendChange,
        to present: ScheduledSend,
        at now: Instant
    ) throws -> ScheduledSend {
        let asked = Asked(change, present)
        if present.isEnded { try asked.refuseAll(of: present) }
        if present.isRunning { try asked.refuseTarget() }
        var next = present
        if asked.name, let name = change.name { next.name = try FieldRule.name(name) }
        if asked.list || asked.search {
            next.target = try target(
                list: change.list ?? present.target.list,
                search: change.search ?? present.target.search,
                blaming: asked.search ? "search_id" : "list_id"
            )
        }
        if asked.scheduledAt, let moment = change.scheduledAt {
            next.scheduledAt = max(moment, now)
        }
        if asked.isCancelled { (next.isCancelled, next.endedAt) = (true, now) }
        return next
    }

    /// A scheduled send at another rate; nil for as fast as messages go.
    public static func setRate(_ rate: Int?, of present: ScheduledSend) throws -> ScheduledSend {
        try check(rate: rate)
        guard rate != present.rate else { return present }
        guard !present.isEnded else { throw ended("rate", present) }
        var next = present
        next.rate = rate
        return next
    }

    /// A scheduled send at recipients' local time; nil for at once.
    public static func setRecipientTime(
        _ time: RecipientTime?,
        of present: ScheduledSend
    ) throws -> ScheduledSend {
        guard time != present.recipientTime else { return present }
        guard !present.isEnded else { throw ended("recipienttime", present) }
        guard !present.isRunning else { throw running("recipienttime") }
        var next = present
        next.recipientTime = time
        return next
    }

    /// The message exists and is of the channel (4).
    public static func check(_ message: StoredMessage?, on channel: Channel) throws {
        guard let message else { throw refused("message_id", "there is no such message") }
        guard !channel.isFile else {
            throw refused("channel", "a scheduled send goes by email or sms")
        }
        guard message.channel == channel else {
            throw refused("message_id", "the message is of the channel \(message.channel.rawValue)")
        }
    }

    /// The target exists and is not empty (4).
    ///
    /// - Parameters:
    ///   - size: How many recipients were found; nil when there is no such list or search.
    ///   - target: The target.
    /// - Throws: ``CampaignError/refused(attribute:reason:)``.
    public static func check(_ size: Int?, of target: SendTarget) throws {
        let (attribute, kind) = target.list == nil ? ("search_id", "search") : ("list_id", "list")
        guard let size else { throw refused(attribute, "there is no such \(kind)") }
        guard size > 0 else { throw refused(attribute, "the \(kind) has no recipients") }
    }

    /// Exactly one of list and search.
    private static func target(
        list: ListID?,
        search: SearchID?,
        blaming attribute: String
    ) throws -> SendTarget {
        switch (list, search) {
        case (let list?, nil): return .list(list)
        case (nil, let search?): return .search(search)
        case (nil, nil): throw refused("list_id", "one of list_id and search_id must be given")
        case (.some, .some):
            throw refused(attribute, "only one of list_id and search_id can be given")
        }
    }

    private static func check(rate: Int?) throws {
        guard let rate else { return }
        guard (1...highestRate).contains(rate) else {
            throw refused("rate", "a rate is a number from 1 to \(highestRate)")
        }
    }

    static func ended(_ attribute: String, _ present: ScheduledSend) -> CampaignError {
        let word = present.isCancelled ? "cancelled" : "completed"
        return refused(attribute, "the task is \(word) and changes no more")
    }

    static func running(_ attribute: String) -> CampaignError {
        refused(attribute, "the task is running")
    }

    private static func refused(_ attribute: String, _ reason: String) -> CampaignError {
        .refused(attribute: attribute, reason: reason)
    }
}

/// Which attributes a change asks to be different from what they are.
private struct Asked {
    let name: Bool
    let isCancelled: Bool
    let list: Bool
    let search: Bool
    let scheduledAt: Bool

    init(_ change: ScheduledSendChange, _ present: ScheduledSend) {
        name = change.name.map { $0 != present.name } ?? false
        isCancelled = change.isCancelled.map { $0 != present.isCancelled } ?? false
        list = change.list.map { $0 != present.target.list } ?? false
        search = change.search.map { $0 != present.target.search } ?? false
        scheduledAt = change.scheduledAt.map { $0 != present.scheduledAt } ?? false
    }

    func refuseAll(of present: ScheduledSend) throws {
        let asked = [
            ("cancelled", isCancelled), ("name", name), ("list_id", list), ("search_id", search),
            ("scheduledtime", scheduledAt),
        ]
        guard let first = asked.first(where: \.1) else { return }
        throw ScheduledSendRules.ended(first.0, present)
    }

    func refuseTarget() throws {
        let asked = [("list_id", list), ("search_id", search), ("scheduledtime", scheduledAt)]
        guard let first = asked.first(where: \.1) else { return }
        throw ScheduledSendRules.running(first.0)
    }
}
