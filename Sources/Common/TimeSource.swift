// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Where the present moment comes from: the system in production, a manual clock in tests.
public protocol TimeSource: Sendable {
    /// The present moment.
    func now() -> Instant
}

/// The system's clock.
public struct SystemTime: TimeSource {
    /// Makes the system's clock.
    public init() {}

    /// The present moment by the system's real-time clock.
    public func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(
            microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
        )
    }
}

/// Where chance comes from: the system in production, a seeded sequence in tests.
public protocol Randomness: Sendable {
    /// 64 random bits.
    func next() -> UInt64
}

/// The system's secure randomness.
public struct SystemRandomness: Randomness {
    /// Makes the system's randomness.
    public init() {}

    /// 64 bits from the system's secure generator.
    public func next() -> UInt64 {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }
}

extension Randomness {
    /// A token of 128 random bits in hexadecimal digits, for leases and claims.
    public func token() -> String {
        hexadecimal(next()) + hexadecimal(next())
    }

    private func hexadecimal(_ bits: UInt64) -> String {
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
