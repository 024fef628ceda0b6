// SPDX-License-Identifier: Apache-2.0
public import Database

/// A statement that the product asks often, and the index that must answer it on each engine.
public struct HotQuery: Sendable {
    /// Words that the statement's text holds and no other's.
    public var words: [String]
    /// Its values; where it takes arrays on PostgreSQL, see ``TestEngine/keys(_:)``.
    public var values: [any SQLConvertible]
    /// The end of the index's name on SQLite.
    public var sqliteIndex: String
    /// The end of the index's name on PostgreSQL, where each partition has an index of its own.
    public var postgresIndex: String
    /// Whether its few rows may be sorted.
    public var maySort = false
    /// Aliases of small tables, which may be read in full.
    public var small: Set<String> = []

    /// Describes a statement; the index has one name unless two are given.
    public init(
        _ words: String...,
        values: [any SQLConvertible],
        index: String,
        onPostgres: String? = nil,
        maySort: Bool = false,
        small: Set<String> = []
    ) {
        self.words = words
        self.values = values
        sqliteIndex = index
        postgresIndex = onPostgres ?? index
        self.maySort = maySort
        self.small = small
    }

    /// Says what is wrong with the way in which an engine would run the statement.
    ///
    /// - Parameters:
    ///   - engine: The engine.
    ///   - log: What the product asked.
    ///   - database: A database with as many rows as make an index worth while, with what
    ///     statistics the engine keeps by itself; see ``Transaction/keepStatistics(as:)``.
    /// - Returns: The plan with what is wrong; nil when nothing is.
    /// - Throws: `DatabaseError`.
    public func complaint(
        on engine: TestEngine,
        _ log: StatementLog,
        _ database: Database
    ) throws -> String? {
        let texts = log.statements(with: words)
        guard let sql = texts.first, texts.count == 1 else {
            return "\(texts.count) statements hold \(words)"
        }
        let plan = try database.readBlocking { try engine.plan(of: sql, values, in: $0) }
        let wanted = engine == .postgres ? postgresIndex : sqliteIndex
        if !plan.indexes.contains(where: { $0.hasSuffix(wanted) }) {
            return "\(wanted) is not used:\n\(sql)\n\(plan)"
        }
        if !plan.scans.isSubset(of: small) { return "\(plan.scans) read in full:\n\(sql)\n\(plan)" }
        return plan.isSorted && !maySort ? "rows are sorted:\n\(sql)\n\(plan)" : nil
    }
}

extension TestEngine {
    /// Keys as a lookup or a bulk change takes them: PostgreSQL all at once, SQLite one by one.
    public func keys(_ texts: String...) -> any SQLConvertible {
        self == .postgres ? "{\(texts.joined(separator: ","))}" : texts.first ?? ""
    }
}

extension Transaction {
    /// Takes the statistics that PostgreSQL takes by itself; SQLite has none unless it is asked,
    /// which the product does not do.
    ///
    /// - Throws: `DatabaseError`.
    public func keepStatistics(as engine: TestEngine) throws {
        if engine == .postgres { try execute("ANALYZE") }
    }

    /// Writes rows in bulk, for a test that needs many.
    ///
    /// - Throws: `DatabaseError`.
    public func fill(
        _ table: String,
        _ columns: [String],
        _ rows: some Sequence<[SQLValue]>
    ) throws {
        let writer = try insertion(into: table, columns: columns)
        for row in rows {
            for value in row { writer.value(value) }
            try writer.endRow()
        }
        try writer.finish()
    }
}
