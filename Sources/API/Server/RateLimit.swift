// SPDX-License-Identifier: Apache-2.0
import Common
import Synchronization

/// Lets so many events a second through for each key, with a burst of ten seconds' worth.
///
/// Each node counts for itself. The decision is ``Bucket``, which is pure.
final class RateLimit<Key: Hashable & Sendable>: Sendable {
    private static var largest: Int { 10_000 }

    private let perSecond: Double
    private let buckets = Mutex<[Key: Bucket]>([:])

    /// Makes a limit; none when it is 0.
    init(perSecond: Double) {
        self.perSecond = perSecond
    }

    /// Counts an event.
    ///
    /// - Returns: nil when it may pass, else the seconds until one may, rounded up.
    func secondsToWait(_ key: Key, at now: Instant) -> Int? {
        guard perSecond > 0 else { return nil }
        return buckets.withLock { buckets in
            if buckets.count > Self.largest { buckets = [:] }
            return buckets[key, default: Bucket(perSecond: perSecond, at: now)].take(at: now)
        }
    }
}

/// What one key has left.
///
/// Pure.
struct Bucket: Sendable {
    private let perSecond: Double
    private var left: Double
    private var last: Instant

    init(perSecond: Double, at now: Instant) {
        self.perSecond = perSecond
        left = max(1, perSecond * 10)
        last = now
    }

    /// Takes one.
    ///
    /// - Returns: nil when there was one, else the seconds until there is one.
    mutating func take(at now: Instant) -> Int? {
        let elapsed = max(0, (now - last).inSeconds)
        left = min(max(1, perSecond * 10), left + elapsed * perSecond)
        last = max(last, now)
        guard left < 1 else {
            left -= 1
            return nil
        }
        return max(1, Int(((1 - left) / perSecond).rounded(.up)))
    }
}
