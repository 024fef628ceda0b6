// SPDX-License-Identifier: Apache-2.0
public import Common
import Synchronization

/// A clock that stands still until a test moves it; safe to use from several threads.
public final class ManualTime: TimeSource {
    /// Where a clock stands when a test does not say: Monday 2026-03-02, 08:00 UTC.
    public static let monday = Instant(seconds: 1_772_438_400)

    private let present: Mutex<Instant>

    /// Makes a clock that shows an instant.
    public init(_ start: Instant = ManualTime.monday) {
        present = Mutex(start)
    }

    /// The instant that the clock shows.
    public func now() -> Instant { present.withLock { $0 } }

    /// Sets the clock, forwards or back.
    public func set(_ instant: Instant) { present.withLock { $0 = instant } }

    /// Moves the clock; back when the span is negative.
    ///
    /// - Returns: What the clock shows afterwards.
    @discardableResult
    public func advance(by span: Span) -> Instant {
        present.withLock { present in
            present = present + span
            return present
        }
    }
}
