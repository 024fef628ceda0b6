// SPDX-License-Identifier: Apache-2.0
public import Database

/// How an engine would run a query, as far as tests ask.
public struct QueryPlan: Sendable, Hashable, CustomStringConvertible {
    /// The indexes through which tables are read, in the order of the plan.
    public let indexes: [String]
    /// The tables that are read as a whole.
    public let scanned: [String]
    /// Whether rows are gathered and sorted; not, whether neighbours of one key are put in order.
    public let sorts: Bool
    /// The engine's own words.
    public let description: String

    /// Reads the lines of `EXPLAIN QUERY PLAN` (sqlite.org, "EXPLAIN QUERY PLAN").
    init(sqlite lines: [String]) {
        let text = lines.joined(separator: "\n")
        indexes = text.matches(of: #/(?:INDEX|PRIMARY KEY) ?(\w*)/#).map { String($0.output.1) }
        scanned = text.matches(of: #/(?m)^SCAN (\w+)/#).map { String($0.output.1) }
        sorts = text.contains("TEMP B-TREE")
        description = text
    }

    /// Reads the lines of `EXPLAIN` (postgresql.org, "Using EXPLAIN").
    init(postgres lines: [String]) {
        let text = lines.joined(separator: "\n")
        indexes = text.matches(of: #/Index (?:Only )?Scan (?:Backward )?(?:using|on) (\w+)/#)
            .map { String($0.output.1) }
        scanned = text.matches(of: #/Seq Scan on (\w+)/#).map { String($0.output.1) }
        sorts = text.contains(#/(?m)^[ >-]*Sort +\(/#)
        description = text
    }
}

extension TestEngine {
    /// The plan of a query.
    ///
    /// PostgreSQL's plans follow the size of tables: here it reads whole tables and sorts only where
    /// there is no other way.
    public func plan(
        of sql: String,
        _ values: [any SQLConvertible] = [],
        in connection: Connection
    ) throws -> QueryPlan {
        guard self == .postgres else {
            let rows = try connection.rows("EXPLAIN QUERY PLAN \(sql)", values)
            return QueryPlan(sqlite: try rows.map { try $0.get("detail") })
        }
        _ = try connection.rows("SET LOCAL enable_seqscan = off")
        _ = try connection.rows("SET LOCAL enable_sort = off")
        return QueryPlan(
            postgres: try connection.rows("EXPLAIN \(sql)", values).map { try $0.get(0) }
        )
    }
}
