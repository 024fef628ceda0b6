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

    /// Begins an attempt of some keys, such as an account and a network address.
    ///
    /// It counts as a failure from now on, so that attempts at once do not all pass before the first
    /// has failed.
    ///
    /// - Returns: The seconds until all of them may try again; nil when they may now.
    public func attempt(_ keys: [String], at now: Instant) -> Int? {
        failures.withLock { failures in
            let wait = keys.compactMap { failures[$0]?.secondsToWait(at: now) }.max()
            if let wait { return wait }
            if failures.count > SignInThrottle.largest { failures = [:] }
            for key in keys { failures[key, default: Failures(last: now)].add(at: now) }
            return nil
        }
    }

    /// Takes an attempt of some keys back: it did not fail, or it was not made.
    public func takeBack(_ keys: [String]) {
        failures.withLock { failures in
            for key in keys { failures[key]?.takeBack() }
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

    mutating func takeBack() { count = max(0, count - 1) }

    func secondsToWait(at now: Instant) -> Int? {
        guard count >= Failures.free, now - last <= Failures.memory else { return nil }
        let pause = min(900, 2 << min(count - Failures.free, 9))
        let left = (last + .seconds(Int64(pause)) - now).inSeconds
        return left > 0 ? Int(left.rounded(.up)) : nil
    }
}
