// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// Turns a search expression into one SQL condition with bound values.
///
/// Each leaf is true or false, never null, so that `not` means what people expect: whoever has no
/// language is not French.
public struct SearchCompiler: Sendable {
    private let terms: [String: any SearchTerm]

    /// Makes a compiler that knows the terms of other rooms.
    public init(_ terms: [any SearchTerm] = []) {
        let pairs = terms.flatMap { term in term.keywords.map { ($0, term) } }
        self.terms = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// Compiles an expression over a table.
    ///
    /// - Parameters:
    ///   - expression: What is looked for.
    ///   - table: The table.
    ///   - moment: What `olderThanDays` and its like count from.
    ///   - count: How many values of its own a statement binds before those of the condition.
    ///   - connection: For looking up what names mean.
    /// - Returns: The condition.
    /// - Throws: ``AudienceError/badExpression(_:path:)``, which names the place and what is wrong.
    public func compile(
        _ expression: SearchExpression,
        over table: ProfileTable,
        at moment: Instant,
        behind count: Int = 0,
        in connection: Connection
    ) throws -> SearchCondition {
        let (sql, values) =
            try compile([expression], over: table, at: moment, behind: count, in: connection)
        return SearchCondition(sql: sql[0], values: values, offset: count)
    }

    /// Compiles several expressions for one statement: a condition each, with common values.
    func compile(
        _ expressions: [SearchExpression],
        over table: ProfileTable,
        at moment: Instant,
        behind count: Int = 0,
        in connection: Connection
    ) throws -> (sql: [String], values: [SQLValue]) {
        var scope = SearchScope(
            table: table,
            moment: moment,
            offset: count,
            connection: connection
        )
        let sql = try expressions.map { try node($0.json, &scope, depth: 0) }
        guard scope.values.count <= SearchCompiler.mostValues else {
            throw scope.error("more than \(SearchCompiler.mostValues) values")
        }
        return (sql, scope.values)
    }

    private func node(_ json: JSONValue, _ scope: inout SearchScope, depth: Int) throws -> String {
        guard depth < SearchCompiler.deepest else { throw scope.error("nested too deeply") }
        guard case .object(let object) = json else {
            throw scope.error("expected an object, found \(json.kind)")
        }
        let keys = object.keys.sorted()
        let kinds = keys.filter { SearchCompiler.ownKeywords.contains($0) || terms[$0] != nil }
        guard let kind = kinds.first, let value = object[kind] else {
            guard let unknown = keys.first else { throw scope.error("an empty object") }
            throw scope.error("unknown condition \(unknown)", at: unknown)
        }
        guard kinds.count == 1 else {
            throw scope.error("\(kinds[1]) beside \(kind): put both into all or any", at: kinds[1])
        }
        guard scope.row == nil || SearchCompiler.rowKeywords.contains(kind) else {
            throw scope.error("rows have no \(kind); only attributes can be compared", at: kind)
        }
        let rest = object.filter { $0.key != kind }
        return try condition(kind, value, beside: rest, &scope, depth)
    }

    private func condition(
        _ kind: String,
        _ value: JSONValue,
        beside rest: [String: JSONValue],
        _ scope: inout SearchScope,
        _ depth: Int
    ) throws -> String {
        switch kind {
        case "attribute": return try AttributeCondition(value, rest, &scope).sql
        case "list": return try ListCondition.sql(value, rest, &scope)
        case "segment": return try SegmentCondition.sql(value, rest, &scope)
        case "rows": return try rows(value, rest, &scope, depth)
        default: break
        }
        if let unknown = rest.keys.sorted().first {
            throw scope.error("unknown key \(unknown) beside \(kind)", at: unknown)
        }
        switch kind {
        case "all", "any": return try nodes(kind, value, &scope, depth)
        case "not": return try negation(value, &scope, depth)
        case "import": return try imported(value, &scope)
        default:
            guard let term = terms[kind] else { return SearchCompiler.nobody }
            return "(\(try term.condition(kind, value, &scope)))"
        }
    }

    /// Rows of a custom table that belong to the profile; `where` is an expression over the rows.
    private func rows(
        _ value: JSONValue,
        _ rest: [String: JSONValue],
        _ scope: inout SearchScope,
        _ depth: Int
    ) throws -> String {
        let condition = try RowCondition(value, rest, scope)
        var filter: String?
        if let expression = rest["where"] {
            let path = scope.path
            scope.path = SearchPath.key("where", under: path)
            scope.row = condition.table
            filter = try node(expression, &scope, depth: depth + 1)
            scope.row = nil
            scope.path = path
        }
        return condition.sql(filter, &scope)
    }

    private func nodes(
        _ kind: String,
        _ value: JSONValue,
        _ scope: inout SearchScope,
        _ depth: Int
    ) throws -> String {
        guard case .array(let children) = value else {
            throw scope.error("expected an array, found \(value.kind)", at: kind)
        }
        guard !children.isEmpty else {
            return kind == "all" ? SearchCompiler.everyone : SearchCompiler.nobody
        }
        let path = scope.path
        defer { scope.path = path }
        var conditions: [String] = []
        for (position, child) in children.enumerated() {
            scope.path = SearchPath.key("\(kind)[\(position)]", under: path)
            conditions.append(try node(child, &scope, depth: depth + 1))
        }
        return "(" + conditions.joined(separator: kind == "all" ? " AND " : " OR ") + ")"
    }

    private func negation(
        _ value: JSONValue,
        _ scope: inout SearchScope,
        _ depth: Int
    ) throws
        -> String
    {
        let path = scope.path
        defer { scope.path = path }
        scope.path = SearchPath.key("not", under: path)
        return "NOT (\(try node(value, &scope, depth: depth + 1)))"
    }

    private func imported(_ value: JSONValue, _ scope: inout SearchScope) throws -> String {
        guard case .integer(let task) = value else {
            throw scope.error("expected the number of a task, found \(value.kind)", at: "import")
        }
        let workspace = scope.bind(scope.table.workspace)
        return """
            EXISTS (SELECT 1 FROM import_row r WHERE r.workspace_id = \(workspace) \
            AND r.task_id = \(scope.bind(task)) AND r.profile_id = p.id)
            """
    }

    private static let ownKeywords: Set<String> = [
        "all", "any", "not", "attribute", "list", "import", "segment", "rows",
    ]
    /// What can be asked of a row of a custom table.
    private static let rowKeywords: Set = ["all", "any", "not", "attribute"]
    static let everyone = "(1 = 1)"
    static let nobody = "(1 = 0)"
    /// SQLite refuses expressions deeper than 1,000; nobody writes one of 32.
    private static let deepest = 32
    /// SQLite takes 32,766 values in a statement.
    private static let mostValues = 20_000
}
