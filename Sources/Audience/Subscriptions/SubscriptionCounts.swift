// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
internal import Synchronization

/// How many are subscribed to lists.
///
/// A list is counted whenever it is asked for as long as that is quick; the count of a large one is
/// kept for a minute, so that whoever asks again and again does not read millions of subscriptions each
/// time. Each node keeps its own.
public final class SubscriptionCounts: Sendable {
    /// How many subscriptions are many: some milliseconds on either engine.
    static let many = 20_000
    /// How old a count can be.
    static let age = Span.minutes(1)
    private static let most = 10_000

    private struct Key: Hashable {
        var workspace: WorkspaceID
        var list: ListID
    }

    private let many: Int
    private let kept = Mutex<[Key: (count: Int, at: Instant)]>([:])

    /// Keeps counts of large lists.
    public convenience init() {
        self.init(many: SubscriptionCounts.many)
    }

    init(many: Int) {
        self.many = many
    }

    /// The counts of some lists; a list without subscriptions has 0.
    public func counts(
        of lists: [ListID],
        _ workspace: WorkspaceID,
        at now: Instant,
        in connection: Connection
    ) throws -> [ListID: Int] {
        var counts: [ListID: Int] = [:]
        kept.withLock { kept in
            for list in lists {
                let found = kept[Key(workspace: workspace, list: list)]
                if let found, now - found.at < SubscriptionCounts.age { counts[list] = found.count }
            }
        }
        let store = SubscriptionStore(workspace)
        for list in lists where counts[list] == nil {
            let count = try store.count(on: list, in: connection)
            counts[list] = count
            if count >= many { keep(count, Key(workspace: workspace, list: list), now) }
        }
        return counts
    }

    private func keep(_ count: Int, _ key: Key, _ now: Instant) {
        kept.withLock { kept in
            if kept.count >= SubscriptionCounts.most { kept = [:] }
            kept[key] = (count, now)
        }
    }
}
