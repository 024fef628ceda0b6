// SPDX-License-Identifier: Apache-2.0
public import Common

/// A split test that is to be made, as it was asked for.
public struct NewSplitTest: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// The channel; e-mail unless given.
    public var channel = Channel.email
    /// The messages, two to five.
    public var messages: [StoredMessageID]
    /// The list; exactly one of list and search is given.
    public var list: ListID?
    /// The search.
    public var search: SearchID?
    /// How many take part in the test.
    public var share: SplitShare
    /// By what the messages are compared.
    public var criterion = SplitCriterion.open
    /// How many hours after the last test message.
    public var delayHours: Int
    /// What happens then.
    public var action = SplitAction.targetwinner
    /// What happens when several are equally good.
    public var tie = SplitTie.first
    /// When it begins; a time in the past becomes now.
    public var scheduledAt: Instant

    /// Makes a split test to create: mails, compared by opens, the winner to the rest, unless set.
    public init(
        _ name: String,
        messages: [StoredMessageID],
        list: ListID? = nil,
        search: SearchID? = nil,
        share: SplitShare,
        delayHours: Int,
        scheduledAt: Instant
    ) {
        self.name = name
        self.messages = messages
        self.list = list
        self.search = search
        self.share = share
        self.delayHours = delayHours
        self.scheduledAt = scheduledAt
    }
}

/// What is to become different about a split test; what is nil stays.
public struct SplitTestChange: Sendable, Hashable {
    /// The name.
    public var name: String?
    /// Whether it is cancelled.
    public var isCancelled: Bool?
    /// When it begins; only before it has.
    public var scheduledAt: Instant?
    /// By what the messages are compared; until they were.
    public var criterion: SplitCriterion?
    /// How many hours after the last test message; until they were compared.
    public var delayHours: Int?
    /// What happens then; until they were compared.
    public var action: SplitAction?
    /// What happens when several are equally good; until they were compared.
    public var tie: SplitTie?

    /// Makes a change of nothing.
    public init() {}
}

/// What may be asked of a split test, and which message wins.
///
/// Pure. Refusals are ``CampaignError/refused(attribute:reason:)`` with the API's attribute.
public enum SplitTestRules {
    /// How one message did.
    public struct Score: Sendable, Hashable {
        /// How many got it.
        public var sent: Int
        /// How many of them did what counts.
        public var events: Int

        /// Makes a score.
        public init(sent: Int, events: Int) {
            self.sent = sent
            self.events = events
        }
    }

    /// What comparing messages came to.
    public enum Judgement: Sendable, Hashable {
        /// One is best, or the first of the best; and whether there were several.
        case winner(Int, isTied: Bool)
        /// Several are best, and none wins.
        case tie
        /// Nobody got any.
        case nothingSent
    }

    /// Compares messages by the share of those who did what counts; one that nobody got cannot win.
    public static func judge(_ scores: [Score], _ tie: SplitTie) -> Judgement {
        let sent = scores.enumerated().filter { $0.element.sent > 0 }
        guard var best = sent.first?.element else { return .nothingSent }
        for (_, score) in sent where score.events * best.sent > best.events * score.sent {
            best = score
        }
        let equals = sent.filter { $0.element.events * best.sent == best.events * $0.element.sent }
        guard let first = equals.first, equals.count == 1 || tie == .first else { return .tie }
        return .winner(first.offset, isTied: equals.count > 1)
    }

    /// Checks a split test to create.
    static func check(_ new: NewSplitTest) throws {
        guard (2...5).contains(new.messages.count) else {
            throw refused("message_ids", "a split test has two to five messages")
        }
        guard Set(new.messages).count == new.messages.count else {
            throw refused("message_ids", "a message stands twice")
        }
        switch new.share {
        case .percentage(let percent) where !(1...100).contains(percent):
            throw refused("share", "a percentage is a number from 1 to 100")
        case .number(let number) where number < new.messages.count:
            throw refused("share", "each message needs a recipient")
        default: break
        }
        try check(new.criterion, on: new.channel)
        try check(delay: new.delayHours)
    }

    /// A split test after a change; the present value may be repeated at any time.
    static func apply(
        _ change: SplitTestChange,
        to present: SplitTest,
        at now: Instant
    ) throws -> SplitTest {
        var next = present
        next.name = try change.name.map(FieldRule.name) ?? present.name
        next.criterion = change.criterion ?? present.criterion
        next.delayHours = change.delayHours ?? present.delayHours
        next.action = change.action ?? present.action
        next.tie = change.tie ?? present.tie
        if let moment = change.scheduledAt, moment != present.scheduledAt {
            guard present.state == .scheduled else {
                throw refused("scheduledtime", "the split test has begun")
            }
            next.scheduledAt = max(moment, now)
        }
        try check(next.criterion, on: next.channel)
        try check(delay: next.delayHours)
        let isCancelled = change.isCancelled ?? (present.state == .cancelled)
        guard present.isEnded else {
            if isCancelled { (next.state, next.endedAt) = (.cancelled, now) }
            return next
        }
        guard next == present, isCancelled == (present.state == .cancelled) else {
            throw refused("state", "the split test is \(present.state.rawValue)")
        }
        return present
    }

    private static func check(_ criterion: SplitCriterion, on channel: Channel) throws {
        guard criterion == .open, channel != .email else { return }
        throw refused("criterion", "only mails are known to be opened")
    }

    private static func check(delay: Int) throws {
        guard (1...720).contains(delay) else {
            throw refused("delay", "a delay is a number of hours from 1 to 720")
        }
    }

    static func refused(_ attribute: String, _ reason: String) -> CampaignError {
        .refused(attribute: attribute, reason: reason)
    }
}
