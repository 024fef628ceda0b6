// SPDX-License-Identifier: Apache-2.0
public import Common
internal import Synchronization

/// Slows down who guesses passwords: failures of an address or of an account make the next attempt
/// wait.
///
/// Five failures are free, then each doubles the pause from 2 seconds up to 15 minutes; an hour
/// without a failure forgets. Each node counts for itself.
public final class SignInThrottle: Sendable {
    private static let largest = 10_000

    private let failures = Mutex<[String: Failures]>([:])

    /// Makes a throttle that knows of no failure.
    public init() {}

    /// The seconds until any of some keys may try again; nil when all may now.
    public func secondsToWait(_ keys: [String], at now: Instant) -> Int? {
        failures.withLock { failures in
            keys.compactMap { failures[$0]?.secondsToWait(at: now) }.max()
        }
    }

    /// Notes a failure of some keys, such as an account and a network address.
    public func fail(_ keys: [String], at now: Instant) {
        failures.withLock { failures in
            if failures.count > SignInThrottle.largest { failures = [:] }
            for key in keys { failures[key, default: Failures(last: now)].add(at: now) }
        }
    }

    /// Forgets the failures of a key: its owner has signed in.
    public func forget(_ key: String) {
        failures.withLock { failures in failures[key] = nil }
    }
}

/// The failures of one key.
///
/// Pure.
struct Failures: Sendable {
    private static let free = 5
    private static let memory = Span.hours(1)

    private(set) var count = 0
    private(set) var last: Instant

    init(last: Instant) {
        self.last = last
    }

    mutating func add(at now: Instant) {
        if now - last > Failures.memory { count = 0 }
        count += 1
        last = max(last, now)
    }

    func secondsToWait(at now: Instant) -> Int? {
        guard count >= Failures.free, now - last <= Failures.memory else { return nil }
        let pause = min(900, 2 << min(count - Failures.free, 9))
        let left = (last + .seconds(Int64(pause)) - now).inSeconds
        return left > 0 ? Int(left.rounded(.up)) : nil
    }
}
