// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// The condition of a `rows` node: how many rows of a custom table belong to the profile.
struct RowCondition {
    let table: CustomTable
    private let atLeast: Int64?
    private let atMost: Int64?

    init(_ name: JSONValue, _ rest: [String: JSONValue], _ scope: SearchScope) throws {
        for key in rest.keys.sorted() where !["atLeast", "atMost", "where"].contains(key) {
            throw scope.error("unknown key \(key) beside rows", at: key)
        }
        table = try RowCondition.table(name, scope)
        atLeast = try RowCondition.bound("atLeast", rest, scope)
        atMost = try RowCondition.bound("atMost", rest, scope)
    }

    /// The condition for those of the rows that meet a filter, if one is given.
    func sql(_ filter: String?, _ scope: inout SearchScope) -> String {
        let filter = filter.map { " AND \($0)" } ?? ""
        let rows = "FROM \(table.physicalName) c WHERE c.profile_id = p.id\(filter)"
        switch (atLeast, atMost) {
        case (nil, nil), (1, nil): return "EXISTS (SELECT 1 \(rows))"
        case (nil, 0): return "NOT EXISTS (SELECT 1 \(rows))"
        default: break
        }
        // Counted twice where both are asked: a bound value stands in one place each.
        let count = "(SELECT count(*) \(rows))"
        let conditions =
            (atLeast.map { ["\(count) >= \(scope.bind($0))"] } ?? [])
            + (atMost.map { ["\(count) <= \(scope.bind($0))"] } ?? [])
        return "(\(conditions.joined(separator: " AND ")))"
    }

    private static func table(_ name: JSONValue, _ scope: SearchScope) throws -> CustomTable {
        guard case .string(let text) = name else {
            throw scope.error("expected the name of a custom table, found \(name.kind)", at: "rows")
        }
        let store = CustomTableStore(scope.table.workspace)
        let found = try store.all(of: scope.table.id, in: scope.connection)
        let folded = text.lowercased()
        guard let table = found.first(where: { $0.name.lowercased() == folded }) else {
            throw scope.error("\(scope.table.name) has no custom table \(text)", at: "rows")
        }
        return table
    }

    private static func bound(
        _ key: String,
        _ rest: [String: JSONValue],
        _ scope: SearchScope
    ) throws -> Int64? {
        guard let value = rest[key] else { return nil }
        guard case .integer(let bound) = value, (0...1_000_000_000).contains(bound) else {
            throw scope.error("expected a whole number from 0, found \(value.kind)", at: key)
        }
        return bound
    }
}
