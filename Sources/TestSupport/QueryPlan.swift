// SPDX-License-Identifier: Apache-2.0
public import Database
import Synchronization

/// How an engine would run a statement, in words that both engines share.
public struct QueryPlan: Sendable, CustomStringConvertible {
    /// The tables that are read in full, by their aliases where they have one.
    public private(set) var scans: Set<String> = []
    /// The indexes that are used; on SQLite a clustered or rowid key is `PRIMARY KEY`.
    public private(set) var indexes: Set<String> = []
    /// Whether rows are sorted; not by a part of the order that an index does not give.
    public private(set) var isSorted = false
    /// What the engine says.
    public private(set) var description = ""
}

extension TestEngine {
    /// The plan of a statement, by the statistics that the engine has.
    ///
    /// - Parameters:
    ///   - sql: The statement, as the product has it; see ``StatementLog``.
    ///   - values: Its values; PostgreSQL plans for them.
    ///   - isLarge: Whether to plan as if the tables were large: whole tables and sorts only where
    ///     there is no other way.
    ///   - connection: Where to ask.
    /// - Returns: The plan.
    /// - Throws: `DatabaseError`.
    public func plan(
        of sql: String,
        _ values: [any SQLConvertible] = [],
        isLarge: Bool = false,
        in connection: Connection
    ) throws -> QueryPlan {
        var plan = QueryPlan()
        if self == .postgres {
            if isLarge {
                _ = try connection.rows("SET LOCAL enable_seqscan = off")
                _ = try connection.rows("SET LOCAL enable_sort = off")
            }
            for row in try connection.rows("EXPLAIN (COSTS OFF) \(sql)", values) {
                plan.readPostgres(try row.get(0))
            }
        } else {
            for row in try connection.rows("EXPLAIN QUERY PLAN \(sql)", values) {
                plan.readSQLite(try row.get("detail"))
            }
        }
        return plan
    }
}

extension QueryPlan {
    fileprivate mutating func readSQLite(_ line: String) {
        description += line + "\n"
        let words = line.split(separator: " ").map(String.init)
        if words.first == "SCAN", words.count > 1, !words.contains("CONSTANT") {
            scans.insert(words[1])
        }
        if line.contains("PRIMARY KEY") { indexes.insert("PRIMARY KEY") }
        if let place = words.firstIndex(of: "INDEX"), place + 1 < words.count {
            indexes.insert(words[place + 1])
        }
        if line.hasPrefix("USE TEMP B-TREE FOR"), !line.contains("LAST") { isSorted = true }
    }

    fileprivate mutating func readPostgres(_ line: String) {
        description += line + "\n"
        let text = line.drop { " ->".contains($0) }
        let words = text.split(separator: " ").map(String.init)
        let isScan = text.hasPrefix("Seq Scan on") || text.hasPrefix("Parallel Seq Scan on")
        // What no partition was made for: as good as empty.
        if isScan, !words.contains(where: { $0.hasSuffix("_spill") }) {
            scans.insert(words.last ?? "")
        }
        if text.contains("Index"), text.contains(" Scan"), let name = words.indexName {
            indexes.insert(name)
        }
        if text == "Sort" { isSorted = true }
    }
}

extension [String] {
    /// `Index Scan using NAME on …`, `Bitmap Index Scan on NAME`.
    fileprivate var indexName: String? {
        let place = firstIndex(of: "using") ?? firstIndex(of: "on")
        return place.flatMap { $0 + 1 < count ? self[$0 + 1] : nil }
    }
}

/// Keeps the statements that a database was given, each text once: for plans of what the product
/// asks, without copies in tests.
public final class StatementLog: Sendable {
    private let texts = Mutex<[String]>([])

    /// Keeps nothing yet.
    public init() {}

    /// To be given to a database as its `record`.
    public var record: @Sendable (String) -> Void {
        { [self] text in
            texts.withLock { texts in
                if !texts.contains(text) { texts.append(text) }
            }
        }
    }

    /// The statements that hold all of some words, in the order in which they first came.
    public func statements(with words: String...) -> [String] { statements(with: words) }

    /// The statements that hold all of some words, in the order in which they first came.
    public func statements(with words: [String]) -> [String] {
        texts.withLock { $0.filter { text in words.allSatisfy(text.contains) } }
    }

    /// Forgets what came so far.
    public func clear() { texts.withLock { $0 = [] } }
}
