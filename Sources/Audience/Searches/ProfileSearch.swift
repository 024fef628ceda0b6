// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// A compiled search over a table: counts, previews and lists the profiles that it finds.
public struct ProfileSearch: Sendable {
    private let table: ProfileTable
    private let condition: SearchCondition

    /// Searches a table by a compiled condition.
    public init(_ table: ProfileTable, _ condition: SearchCondition) {
        self.table = table
        self.condition = condition
    }

    /// How many profiles there are.
    public func count(in connection: Connection) throws -> Int {
        try connection.value(
            "SELECT count(*) FROM \(table.physicalName) p WHERE \(condition.sql)",
            condition.values
        ) ?? 0
    }

    /// The first profiles, in the order of their ids.
    public func preview(_ limit: Int, in connection: Connection) throws -> [Profile] {
        try connection.rows(
            """
            SELECT \(Profile.columns(of: table)) FROM \(table.physicalName) p
            WHERE \(condition.sql) ORDER BY p.id LIMIT \(condition.placeholder(1))
            """,
            condition.values + [limit.sql]
        ).map { try Profile($0, of: table) }
    }

    /// Ids in ascending order, after an id; the next page begins after the last of this one.
    public func profileIDs(
        after last: ProfileID = ProfileID(0),
        limit: Int,
        in connection: Connection
    ) throws -> [ProfileID] {
        try connection.rows(
            """
            SELECT p.id FROM \(table.physicalName) p
            WHERE p.id > \(condition.placeholder(1)) AND \(condition.sql)
            ORDER BY p.id LIMIT \(condition.placeholder(2))
            """,
            condition.values + [last.sql, limit.sql]
        ).map { try $0.get(0) }
    }

    /// Those of some profiles that the search finds.
    public func matching(
        _ profiles: [ProfileID],
        in connection: Connection
    ) throws -> Set<ProfileID> {
        if let first = profiles.min(), let last = profiles.max(),
            last.value - first.value < ProfileSearch.widest * Int64(profiles.count)
        {
            return try between(first, last, in: connection).intersection(profiles)
        }
        var found: Set<ProfileID> = []
        for start in stride(from: 0, to: profiles.count, by: ProfileSearch.group) {
            let group = profiles[start..<min(start + ProfileSearch.group, profiles.count)]
            let places = (1...group.count).map { condition.placeholder($0) }
            let rows = try connection.rows(
                """
                SELECT p.id FROM \(table.physicalName) p
                WHERE p.id IN (\(places.joined(separator: ", "))) AND \(condition.sql)
                """,
                condition.values + group.map(\.sql)
            )
            for row in rows { found.insert(try row.get(0)) }
        }
        return found
    }

    /// All that it finds between two ids, both included.
    private func between(
        _ first: ProfileID,
        _ last: ProfileID,
        in connection: Connection
    ) throws -> Set<ProfileID> {
        var found: Set<ProfileID> = []
        try connection.each(
            """
            SELECT p.id FROM \(table.physicalName) p
            WHERE p.id BETWEEN \(condition.placeholder(1)) AND \(condition.placeholder(2))
                AND \(condition.sql)
            """,
            condition.values + [first.sql, last.sql]
        ) { cursor in
            found.insert(ProfileID(cursor.integer(0)))
            return true
        }
        return found
    }

    /// How many ids stand in one statement.
    private static let group = 500
    /// The most profiles that are looked at for one that is asked for, when ids lie close together.
    private static let widest: Int64 = 3
}
