// SPDX-License-Identifier: Apache-2.0

/// A place in commit order: `epoch · 2^48 + n` (design/architecture.md, "Change clock").
public struct Stamp: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// The combined value.
    public let value: Int64

    /// Makes a stamp from its combined value.
    public init(_ value: Int64) { self.value = value }

    /// Makes a stamp from its epoch and the number within it.
    public init(epoch: Int64, number: Int64) { value = epoch << 48 + number }

    /// The epoch: raised when the numbers may start again or go back.
    public var epoch: Int64 { value >> 48 }

    /// The number within the epoch.
    public var number: Int64 { value & (1 << 48 - 1) }

    /// Epoch and number, such as `1:4711`.
    public var description: String { "\(epoch):\(number)" }

    /// Orders stamps by epoch, then number.
    public static func < (left: Stamp, right: Stamp) -> Bool { left.value < right.value }

    /// Reads the stamp from its combined value.
    public init(from decoder: any Decoder) throws {
        value = try decoder.singleValueContainer().decode(Int64.self)
    }

    /// Writes the stamp as its combined value.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}

extension Stamp: SQLConvertible {
    /// The combined value.
    public var sql: SQLValue { .integer(value) }
    /// Reads the combined value.
    public init(sql: SQLValue) throws { self.init(try Int64(sql: sql)) }
}
