// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Synchronization

/// The injected clock, set by the server's: nodes whose clocks differ agree on leases and due times.
///
/// Differences up to a second are left alone: that much may be the time of the question itself.
final class PostgresTime: TimeSource {
    private let base: any TimeSource
    private let ahead = Atomic<Int64>(0)

    private static let tolerated = Span.seconds(1)

    init(_ base: any TimeSource) { self.base = base }

    func now() -> Instant {
        base.now() + Span(microseconds: ahead.load(ordering: .relaxed))
    }

    /// Notes what the server's clock said between two moments of this machine's.
    func set(_ server: Instant, between before: Instant, and after: Instant) {
        let isNear =
            before - PostgresTime.tolerated <= server && server <= after + PostgresTime.tolerated
        let middle = before + Span(microseconds: (after - before).microseconds / 2)
        ahead.store(isNear ? 0 : (server - middle).microseconds, ordering: .relaxed)
    }

    /// Asks the server over a connection.
    func ask(_ link: PostgresLink) throws {
        let before = SystemTime().now()
        let result = try link.run("SELECT clock_timestamp()", PostgresParameters())
        set(Instant(microseconds: result.integer(0)), between: before, and: SystemTime().now())
    }
}
