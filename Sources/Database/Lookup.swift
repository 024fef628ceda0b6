// SPDX-License-Identifier: Apache-2.0

/// A search for rows by a list of keys in one indexed column.
public struct Lookup {
    /// The table's physical name.
    public var table: String
    /// The indexed column that holds the key.
    public var key: String
    /// The columns to read.
    public var columns: [String]
    /// The keys; null matches nothing.
    public var keys: [SQLValue]
    /// Columns that must have one value for all keys.
    public var fixed: [(column: String, value: SQLValue)]
    /// The column that orders several matches of one key; nil where there is one at most, which
    /// saves PostgreSQL a sort for each key.
    public var order: String?
    /// What a writing transaction keeps others from doing to the rows until it ends.
    public var keeps: Keeping?

    /// How much rows are kept from others; each keeps what those before it do.
    public enum Keeping: Sendable {
        /// They stay, and their keys: for a reference to them. Others may hold them so as well.
        case there
        /// They stay as they are: for a change of them. Others may refer to them.
        case asTheyAre
        /// Nobody changes them or refers to them anew: for their deletion.
        case all
    }

    /// Makes a lookup; several matches of one key are ordered by `id` unless said otherwise.
    public init(
        table: String,
        key: String,
        columns: [String],
        keys: [SQLValue],
        fixed: [(column: String, value: SQLValue)] = [],
        order: String? = "id"
    ) {
        self.table = table
        self.key = key
        self.columns = columns
        self.keys = keys
        self.fixed = fixed
        // Matches of one key do not differ in it.
        self.order = order == key ? nil : order
    }
}

extension Lookup {
    /// Fewer keys are looked up one by one.
    private static let fewestDense = 100
    /// The most rows that are read for one that is wanted.
    private static let widest: Int64 = 3

    /// Fewer keys are looked up in the order in which they were given.
    private static let fewestSorted = 2_000

    /// The positions of all keys but null; of many, in the order of an index, so that its pages are
    /// read one after the other.
    var positions: [Int] {
        let given = keys.indices.filter { keys[$0] != .null }
        guard given.count >= Lookup.fewestSorted else { return given }
        let texts = given.compactMap { position -> (text: String, position: Int)? in
            guard case .text(let text) = keys[position] else { return nil }
            return (text, position)
        }
        guard texts.count == given.count else { return given }
        return texts.sorted { $0.text < $1.text }.map { $0.position }
    }

    /// The span of keys that lie so close together, in ascending order, that reading everything between
    /// the first and the last is less work than to look up each; nil when they do not.
    var denseSpan: ClosedRange<Int64>? {
        guard keeps == nil, keys.count >= Lookup.fewestDense,
            let first = keys.first?.integer, let last = keys.last?.integer, first < last
        else { return nil }
        // Hashes are keys too, and lie anywhere.
        let (width, isTooWide) = last.subtractingReportingOverflow(first)
        guard !isTooWide, width < Lookup.widest * Int64(keys.count) else { return nil }
        var previous: Int64?
        for key in keys {
            guard let number = key.integer, previous.map({ $0 < number }) ?? true else {
                return nil
            }
            previous = number
        }
        return first...last
    }

    /// The statement that reads a span; the key comes behind the columns.
    var spanSQL: String {
        let conditions = fixed.enumerated().map { "\($1.column) = $\($0 + 3)" }
        let order = ([key] + [order].compactMap(\.self)).joined(separator: ", ")
        return """
            SELECT \((columns + [key]).joined(separator: ", ")) FROM \(table)
            WHERE \((conditions + ["\(key) BETWEEN $1 AND $2"]).joined(separator: " AND "))
            ORDER BY \(order)
            """
    }
}

extension SQLValue {
    /// The value of an integer; nil of any other.
    var integer: Int64? {
        guard case .integer(let number) = self else { return nil }
        return number
    }
}
