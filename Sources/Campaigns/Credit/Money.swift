// SPDX-License-Identifier: Apache-2.0
public import Database

/// An amount of credit in millionths, exact; of which currency is the operator's matter.
public struct Money: Sendable, Hashable, Comparable, CustomStringConvertible, SQLConvertible {
    /// The millionths.
    public var millionths: Int64

    /// The largest amount that is read: a billion.
    public static let largest: Int64 = 1_000_000_000_000_000

    /// Nothing.
    public static let zero = Money(millionths: 0)

    /// An amount of millionths.
    public init(millionths: Int64) {
        self.millionths = millionths
    }

    /// Reads digits, with at most six behind a point; nil for anything else and for too much.
    public init?(_ text: String) {
        let isNegative = text.hasPrefix("-")
        let parts = text.drop { $0 == "-" }.split(
            separator: ".",
            omittingEmptySubsequences: false
        )
        let digits = parts.map { $0.utf8.allSatisfy { (48...57).contains($0) } && !$0.isEmpty }
        guard (1...2).contains(parts.count), digits.allSatisfy({ $0 }),
            text.utf8.filter({ $0 == UInt8(ascii: "-") }).count == (isNegative ? 1 : 0),
            let whole = Int64(parts[0]), whole <= Money.largest / 1_000_000
        else { return nil }
        let rest = parts.count == 2 ? String(parts[1]) : ""
        guard rest.utf8.count <= 6,
            let fraction = Int64(rest + String(repeating: "0", count: 6 - rest.utf8.count))
        else { return nil }
        millionths = (whole * 1_000_000 + fraction) * (isNegative ? -1 : 1)
    }

    /// Digits, a point, and two to six more.
    public var description: String {
        let whole = millionths.magnitude / 1_000_000
        var fraction = String(millionths.magnitude % 1_000_000)
        fraction = String(repeating: "0", count: 6 - fraction.count) + fraction
        while fraction.count > 2, fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(millionths < 0 ? "-" : "")\(whole).\(fraction)"
    }

    /// Orders amounts.
    public static func < (left: Money, right: Money) -> Bool { left.millionths < right.millionths }
    /// Adds amounts.
    public static func + (left: Money, right: Money) -> Money {
        Money(millionths: left.millionths + right.millionths)
    }
    /// Subtracts an amount.
    public static func - (left: Money, right: Money) -> Money {
        Money(millionths: left.millionths - right.millionths)
    }
    /// So many times an amount.
    public static func * (left: Money, right: Int) -> Money {
        Money(millionths: left.millionths * Int64(right))
    }

    /// The millionths.
    public var sql: SQLValue { .integer(millionths) }

    /// Reads the millionths.
    public init(sql: SQLValue) throws { millionths = try Int64(sql: sql) }
}
