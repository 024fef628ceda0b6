// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// The condition of an `attribute` node.
struct AttributeCondition {
    private(set) var sql = ""
    private let column: SearchColumn
    private let word: String
    private let operand: JSONValue

    init(_ name: JSONValue, _ rest: [String: JSONValue], _ scope: inout SearchScope) throws {
        guard case .string(let text) = name else {
            throw scope.error(
                "expected the name of an attribute, found \(name.kind)",
                at: "attribute"
            )
        }
        let found =
            scope.row.map { SearchColumn(named: text, of: $0) }
            ?? SearchColumn(named: text, of: scope.table)
        guard let column = found else {
            let name = scope.row?.name ?? scope.table.name
            throw scope.error("\(name) has no attribute \(text)", at: "attribute")
        }
        let words = rest.keys.sorted()
        for word in words where SearchOperator(rawValue: word) == nil {
            throw scope.error("unknown operator \(word)", at: word)
        }
        guard let word = words.first, let operand = rest[word],
            let asked = SearchOperator(rawValue: word)
        else { throw scope.error("no operator for \(text)", at: "attribute") }
        guard words.count == 1 else {
            throw scope.error("\(words[1]) beside \(word): put both into all or any", at: words[1])
        }
        guard asked.suits(column.attribute) else {
            throw scope.error("\(word) cannot be asked of \(column.name)", at: word)
        }
        self.column = column
        self.word = word
        self.operand = operand
        sql = try condition(asked, &scope)
    }

    private func condition(_ asked: SearchOperator, _ scope: inout SearchScope) throws -> String {
        switch asked {
        case .is: return equals([try value(operand, scope)], &scope)
        case .isNot: return "NOT \(equals([try value(operand, scope)], &scope))"
        case .in: return equals(try array(1...SearchLimit.values, scope), &scope)
        case .lessThan: return compare("<", try present(operand, scope), &scope)
        case .greaterThan: return compare(">", try present(operand, scope), &scope)
        case .between:
            let bounds = try array(2...2, scope)
            guard !bounds.contains(.null) else {
                throw scope.error("expected two values", at: word)
            }
            return compare(">=", bounds[0], and: "<=", bounds[1], &scope)
        case .contains: return try contains(&scope)
        case .startsWith: return try startsWith(&scope)
        case .isEmpty: return try emptiness(scope)
        case .olderThanDays: return compare("<", try moment(daysAgo: days(scope), scope), &scope)
        case .withinDays:
            let start = try moment(daysAgo: days(scope), scope)
            return compare(">=", start, and: "<=", try moment(daysAgo: 0, scope), &scope)
        }
    }

    /// One of the values, null among them standing for no value.
    private func equals(_ values: [SQLValue], _ scope: inout SearchScope) -> String {
        let present = values.filter { $0 != .null }
        let alternatives =
            (values.contains(.null) ? ["\(column.sql) IS NULL"] : [])
            + (present.isEmpty ? [] : [matches(present, &scope)])
        return "(\(alternatives.joined(separator: " OR ")))"
    }

    private func matches(_ values: [SQLValue], _ scope: inout SearchScope) -> String {
        let places = values.map { scope.bind($0) }
        if column.attribute.isMultiValued {
            let connection = scope.connection
            let conditions = places.map { place in
                connection.hasValue(column: column.sql, placeholder: place)
            }
            return "(\(conditions.joined(separator: " OR ")))"
        }
        let comparison =
            places.count == 1 ? "= \(places[0])" : "IN (\(places.joined(separator: ", ")))"
        return "(\(column.sql) IS NOT NULL AND \(column.sql) \(comparison))"
    }

    private func compare(_ sign: String, _ bound: SQLValue, _ scope: inout SearchScope) -> String {
        "(\(column.sql) IS NOT NULL AND \(column.sql) \(sign) \(scope.bind(bound)))"
    }

    private func compare(
        _ sign: String,
        _ bound: SQLValue,
        and second: String,
        _ other: SQLValue,
        _ scope: inout SearchScope
    ) -> String {
        let low = compare(sign, bound, &scope)
        return "(\(low) AND \(compare(second, other, &scope)))"
    }

    private func contains(_ scope: inout SearchScope) throws -> String {
        let value = try present(operand, scope)
        guard !column.attribute.isMultiValued else { return matches([value], &scope) }
        let place = scope.bind(value)
        let condition = scope.connection.contains(column: column.sql, placeholder: place)
        return "(\(column.sql) IS NOT NULL AND \(condition))"
    }

    /// A range, which an index can answer: LIKE differs between the engines (design/sql.md).
    private func startsWith(_ scope: inout SearchScope) throws -> String {
        guard case .string(let prefix) = operand, !prefix.isEmpty, !prefix.utf8.contains(0) else {
            throw scope.error("expected a text", at: word)
        }
        guard let end = PrefixRange.end(of: prefix) else {
            return compare(">=", .text(prefix), &scope)
        }
        return compare(">=", .text(prefix), and: "<", .text(end), &scope)
    }

    private func emptiness(_ scope: SearchScope) throws -> String {
        guard case .boolean(let isEmpty) = operand else {
            throw scope.error("expected true or false, found \(operand.kind)", at: word)
        }
        return "(\(column.sql) IS \(isEmpty ? "" : "NOT ")NULL)"
    }
}

// Operands.
extension AttributeCondition {
    private func value(
        _ json: JSONValue,
        _ scope: SearchScope,
        at key: String? = nil
    ) throws
        -> SQLValue
    {
        do {
            return try column.value(json)
        } catch let error as SearchValueError {
            throw scope.error(error.words, at: key ?? word)
        }
    }

    private func present(_ json: JSONValue, _ scope: SearchScope) throws -> SQLValue {
        // What is contained need not be a whole value, such as a part of a number.
        if word == "contains", !column.attribute.isMultiValued, case .string(let text) = json,
            !text.isEmpty, !text.utf8.contains(0)
        {
            return .text(text)
        }
        let value = try value(json, scope)
        guard value != .null else { throw scope.error("expected a value", at: word) }
        return value
    }

    private func array(_ count: ClosedRange<Int>, _ scope: SearchScope) throws -> [SQLValue] {
        guard case .array(let items) = operand else {
            throw scope.error("expected an array, found \(operand.kind)", at: word)
        }
        guard count.contains(items.count) else {
            let wanted = count.count == 1 ? "\(count.lowerBound)" : "1 to \(count.upperBound)"
            throw scope.error("expected \(wanted) values, found \(items.count)", at: word)
        }
        return try items.enumerated().map { position, item in
            try value(item, scope, at: "\(word)[\(position)]")
        }
    }

    private func days(_ scope: SearchScope) throws -> Int64 {
        guard case .integer(let days) = operand, (0...SearchLimit.days).contains(days) else {
            throw scope.error("expected a number of days, 0 to \(SearchLimit.days)", at: word)
        }
        return days
    }

    /// Days count in UTC, from the day of the call.
    private func moment(daysAgo days: Int64, _ scope: SearchScope) throws -> SQLValue {
        column.attribute.type == .date
            ? .day(Day(utc: scope.moment) + -Int(days)) : .moment(scope.moment - .days(days))
    }
}

/// The bounds of what a search may ask.
enum SearchLimit {
    static let values = 1_000
    static let days: Int64 = 36_500
}

/// The texts that begin with a prefix, as a range of bytes.
enum PrefixRange {
    /// The first text after all that begin with a prefix; nil when there is none.
    ///
    /// UTF-8 orders by bytes as Unicode scalars do.
    static func end(of prefix: String) -> String? {
        var scalars = Array(prefix.unicodeScalars)
        while let last = scalars.popLast() {
            guard let next = successor(of: last) else { continue }
            scalars.append(next)
            var end = String.UnicodeScalarView()
            end.append(contentsOf: scalars)
            return String(end)
        }
        return nil
    }

    private static func successor(of scalar: Unicode.Scalar) -> Unicode.Scalar? {
        // After U+D7FF come the surrogates, which are no scalars.
        scalar.value == 0xD7FF ? Unicode.Scalar(0xE000) : Unicode.Scalar(scalar.value + 1)
    }
}
