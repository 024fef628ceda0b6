// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// What an import did to a profile.
public enum RowOutcome: Int, Sendable, Codable, CaseIterable {
    /// The profile was made.
    case created = 1
    /// Values of the profile changed.
    case updated = 2
    /// The row held nothing new.
    case unchanged = 3
}

/// An accepted line of an imported file: the trigger's audience, and the way back from a person to
/// the line.
public struct ImportedRow: Sendable, Hashable {
    /// The import task.
    public var task: TaskID
    /// The line of the file, the header being line 1.
    public var line: Int64
    /// The profile.
    public var profile: ProfileID
    /// What the line did.
    public var outcome: RowOutcome
    /// 0 for the file itself, n for its n-th replay.
    public var batch: Int
}

/// A line that failed or was imported with a warning, with its original text.
public struct ImportProblem: Sendable, Hashable {
    /// The line of the file, the header being line 1.
    public var line: Int64
    /// Counts the problems of one line, from 1.
    public var number: Int
    /// 0 for the file itself, n for its n-th replay.
    public var batch: Int
    /// The outcome's word, such as `duplicate`; `warning` for an imported row.
    public var outcome: String
    /// The column of the file, when one is to blame.
    public var column: String?
    /// What is wrong, for programs.
    public var code: String
    /// What is wrong, for people.
    public var message: String
    /// The original fields; nil once they were erased.
    public var fields: [String]?
    /// The identifier of the row, by which it is found when a person is erased.
    public var identifier: String?
    /// The profile, for a warning.
    public var profile: ProfileID?

    /// Makes a problem.
    public init(
        line: Int64,
        number: Int,
        batch: Int,
        outcome: String,
        column: String?,
        code: String,
        message: String,
        fields: [String]?,
        identifier: String?,
        profile: ProfileID?
    ) {
        self.line = line
        self.number = number
        self.batch = batch
        self.outcome = outcome
        self.column = column
        self.code = code
        self.message = message
        self.fields = fields
        self.identifier = identifier
        self.profile = profile
    }
}

/// The rows that imports of one workspace accepted and refused.
public struct ImportLedger: Sendable {
    /// Where accepted lines are kept: a profile and a row can have the same number.
    public enum Relation: Sendable {
        /// Lines that became profiles.
        case profiles
        /// Lines that became rows of a custom table.
        case customRows

        var table: String { self == .profiles ? "import_row" : "custom_import_row" }
        var row: String { self == .profiles ? "profile_id" : "row_id" }
    }

    /// The name of the type of those tasks alone that accept lines as profiles; the room Imports has
    /// them.
    public static let profileImports = "profile_import"

    /// The name of the type of tasks that accept lines as rows of custom tables.
    public static let customTableImports = "custom_table_import"

    let workspace: WorkspaceID
    let relation: Relation

    /// The ledger of a workspace; of imports of profiles unless said otherwise.
    public init(_ workspace: WorkspaceID, of relation: Relation = .profiles) {
        self.workspace = workspace
        self.relation = relation
    }

    /// How many profiles a task accepted, each counted once; only those of a batch if one is given.
    public func profileCount(
        of task: TaskID,
        batch: Int? = nil,
        in connection: Connection
    ) throws
        -> Int
    {
        try connection.value(
            """
            SELECT count(DISTINCT profile_id) FROM import_row
            WHERE workspace_id = $1 AND task_id = $2 AND ($3 = -1 OR batch = $3)
            """,
            [workspace, task, batch ?? -1]
        ) ?? 0
    }

    /// The accepted rows of one profile, over all tasks that are kept.
    public func rows(of profile: ProfileID, in connection: Connection) throws -> [ImportedRow] {
        // One probe of the primary key an import: an index of its own would cost each of them.
        try connection.rows(
            """
            SELECT r.task_id, r.line, r.outcome, r.batch
            FROM task t JOIN import_row r ON r.workspace_id = t.workspace_id
                AND r.task_id = t.id AND r.profile_id = $2
            WHERE t.workspace_id = $1 AND t.type = $3 ORDER BY r.task_id, r.line
            """,
            [workspace, profile, ImportLedger.profileImports]
        ).map { row in
            ImportedRow(
                task: try row.get("task_id"),
                line: try row.get("line"),
                profile: profile,
                outcome: RowOutcome(rawValue: try row.get("outcome")) ?? .unchanged,
                batch: try row.get("batch")
            )
        }
    }

    /// Writes problems.
    public func record(
        _ problems: [ImportProblem],
        of task: TaskID,
        in transaction: Transaction
    )
        throws
    {
        guard !problems.isEmpty else { return }
        let writer = try transaction.insertion(into: "import_problem", columns: Self.columns)
        for problem in problems {
            for value in try problem.values(workspace, task) { writer.value(value) }
            try writer.endRow()
        }
        try writer.finish()
    }

    /// A task's problems in the order of their lines, from a line on.
    public func problems(
        of task: TaskID,
        fromLine: Int64 = 0,
        limit: Int = 1_000,
        in connection: Connection
    ) throws -> [ImportProblem] {
        try connection.rows(
            """
            SELECT line, number, batch, outcome, column_name, code, message, fields, identifier,
                profile_id
            FROM import_problem WHERE workspace_id = $1 AND task_id = $2 AND line >= $3
            ORDER BY line, number LIMIT $4
            """,
            [workspace, task, fromLine, limit]
        ).map(ImportProblem.init)
    }

    /// The lines of a task that failed, for a replay to check itself against.
    public func failedLines(of task: TaskID, in connection: Connection) throws -> Set<Int64> {
        var lines: Set<Int64> = []
        try connection.each(
            """
            SELECT line FROM import_problem
            WHERE workspace_id = $1 AND task_id = $2 AND outcome <> 'warning'
            """,
            [workspace, task]
        ) { cursor in
            lines.insert(cursor.integer(0))
            return true
        }
        return lines
    }

    /// Forgets all problems of a task, such as a dry run that starts over.
    public func clear(task: TaskID, in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM import_problem WHERE workspace_id = $1 AND task_id = $2",
            [workspace, task]
        )
    }

    /// Which of some profiles a task has accepted, by their positions.
    public func accepted(
        _ profiles: [ProfileID?],
        by task: TaskID,
        in connection: Connection
    ) throws
        -> Set<Int>
    {
        var accepted: Set<Int> = []
        let lookup = Lookup(
            table: relation.table,
            key: relation.row,
            columns: ["line"],
            keys: profiles.map(\.sql),
            fixed: [("workspace_id", workspace.sql), ("task_id", task.sql)],
            order: "line"
        )
        try connection.lookup(lookup) { position, _ in accepted.insert(position) }
        return accepted
    }

    /// Forgets the problems of some lines, which a replay has dealt with.
    public func clear(lines: [Int64], of task: TaskID, in transaction: Transaction) throws {
        for start in stride(from: 0, to: lines.count, by: 500) {
            let block = lines[start..<min(start + 500, lines.count)]
            let places = block.indices.map { "$\($0 - start + 3)" }.joined(separator: ", ")
            try transaction.execute(
                """
                DELETE FROM import_problem
                WHERE workspace_id = $1 AND task_id = $2 AND line IN (\(places))
                """,
                [workspace.sql, task.sql] + block.map(\.sql)
            )
        }
    }

    static let columns = [
        "workspace_id", "task_id", "line", "number", "batch", "outcome", "column_name", "code",
        "message", "fields", "identifier", "profile_id",
    ]
}

extension ImportProblem {
    init(_ row: Row) throws {
        let fields: String? = try row.get("fields")
        self.init(
            line: try row.get("line"),
            number: try row.get("number"),
            batch: try row.get("batch"),
            outcome: try row.get("outcome"),
            column: try row.get("column_name"),
            code: try row.get("code"),
            message: try row.get("message"),
            fields: try fields.map { try JSONText.decode([String].self, from: $0) },
            identifier: try row.get("identifier"),
            profile: try row.get("profile_id")
        )
    }

    fileprivate func values(_ workspace: WorkspaceID, _ task: TaskID) throws -> [SQLValue] {
        [
            workspace.sql, task.sql, line.sql, number.sql, batch.sql, outcome.sql, column.sql,
            code.sql, message.sql, try fields.map { try JSONText.encode($0) }.sql,
            storedIdentifier.sql,
            profile.sql,
        ]
    }
}
