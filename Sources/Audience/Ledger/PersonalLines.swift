// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// The retained lines of files that name a person, found before the transaction that erases them.
///
/// Any field of any line may hold an address, so that all of a workspace are looked through: in
/// snapshots of their own, a thousand at a time, while nobody waits to write. What imports wrote
/// meanwhile is looked through in the transaction.
public struct PersonalLines: Sendable, Hashable {
    let person: DossierPerson
    /// What was written before is in ``lines``.
    let since: Instant
    let lines: [TaskID: Set<Int64>]
}

extension ImportLedger {
    /// The problems that name a person: by profile, by identifier, or in one of the line's fields.
    ///
    /// A line with the wrong number of columns has no identifier, and one that is identified by a
    /// number may hold an address: so all retained lines of the workspace are read once. This is
    /// for one person at a time; lines are retained for a limited time.
    func problems(
        naming person: DossierPerson,
        in connection: Connection
    ) throws -> [TaskProblem] {
        let names = PersonalNames(person)
        var found: [TaskProblem] = []
        try walk(in: connection) { page in
            found += page.filter { names.name($0.problem) }
        }
        return found
    }

    /// Looks through all lines; blocks, and is not called inside a transaction.
    func lines(naming person: DossierPerson, of database: Database) throws -> PersonalLines {
        // Clocks of nodes differ a little.
        let since = database.time.now() - .minutes(1)
        let names = PersonalNames(person)
        var lines: [TaskID: Set<Int64>] = [:]
        var place = ProblemPlace(task: TaskID(0))
        while true {
            let page = try database.readBlocking { try problems(after: place, in: $0) }
            collect(page, names, &lines)
            guard let last = page.last, page.count == ProblemPlace.page else { break }
            place = ProblemPlace(last)
        }
        return PersonalLines(person: person, since: since, lines: lines)
    }

    /// Erases the original fields of the lines that name a person.
    ///
    /// - Parameters:
    ///   - person: The person.
    ///   - found: What was found before; nil to look through everything now.
    ///   - transaction: A transaction.
    /// - Returns: How many lines lost their fields.
    /// - Throws: `DatabaseError`.
    @discardableResult
    func erase(
        _ person: DossierPerson,
        _ found: PersonalLines? = nil,
        in transaction: Transaction
    ) throws -> Int {
        let lines = try lines(naming: person, found, in: transaction)
        for (task, numbers) in lines { try erase(numbers.sorted(), of: task, in: transaction) }
        return lines.values.reduce(0) { $0 + $1.count }
    }

    private func lines(
        naming person: DossierPerson,
        _ found: PersonalLines?,
        in connection: Connection
    ) throws -> [TaskID: Set<Int64>] {
        let names = PersonalNames(person)
        // Whoever got another address meanwhile is another person to look for.
        guard let found, found.person == person else {
            var lines: [TaskID: Set<Int64>] = [:]
            try walk(in: connection) { collect($0, names, &lines) }
            return lines
        }
        var lines = found.lines
        for task in try tasks(writingSince: found.since, in: connection) {
            let start = ProblemPlace(task: task, line: -1)
            try walk(from: start, to: task, in: connection) { collect($0, names, &lines) }
        }
        return lines
    }

    private func walk(
        from start: ProblemPlace = ProblemPlace(task: TaskID(0)),
        to last: TaskID = TaskID(.max),
        in connection: Connection,
        _ body: ([TaskProblem]) -> Void
    ) throws {
        var place = start
        while true {
            let page = try problems(after: place, to: last, in: connection)
            body(page)
            guard let end = page.last, page.count == ProblemPlace.page else { return }
            place = ProblemPlace(end)
        }
    }

    private func collect(
        _ page: [TaskProblem],
        _ names: PersonalNames,
        _ lines: inout [TaskID: Set<Int64>]
    ) {
        for entry in page where names.name(entry.problem) {
            lines[entry.task, default: []].insert(entry.problem.line)
        }
    }

    /// Imports that run, or that ended lately, and those whose rejects they replay.
    private func tasks(
        writingSince moment: Instant,
        in connection: Connection
    ) throws -> [TaskID] {
        let rows = try connection.rows(
            """
            SELECT id, parent_id FROM task
            WHERE workspace_id = $1 AND type IN ($2, $3)
                AND (status IN ('new', 'executing') OR finished_at >= $4)
            """,
            [workspace, ImportLedger.profileImports, ImportLedger.customTableImports, moment]
        )
        var tasks: Set<TaskID> = []
        for row in rows {
            tasks.insert(try row.get("id"))
            if let parent: TaskID = try row.get("parent_id") { tasks.insert(parent) }
        }
        return tasks.sorted()
    }

    private func problems(
        after place: ProblemPlace,
        to last: TaskID = TaskID(.max),
        in connection: Connection
    ) throws -> [TaskProblem] {
        try connection.rows(
            """
            SELECT task_id, line, number, batch, outcome, column_name, code, message, fields,
                identifier, profile_id
            FROM import_problem
            WHERE workspace_id = $1 AND (task_id, line, number) > ($2, $3, $4) AND task_id <= $5
            ORDER BY task_id, line, number LIMIT $6
            """,
            [workspace, place.task, place.line, place.number, last, ProblemPlace.page]
        ).map { TaskProblem(task: try $0.get("task_id"), problem: try ImportProblem($0)) }
    }

    private func erase(
        _ lines: [Int64],
        of task: TaskID,
        in transaction: Transaction
    ) throws {
        for start in stride(from: 0, to: lines.count, by: 500) {
            let block = lines[start..<min(start + 500, lines.count)]
            let places = block.indices.map { "$\($0 - start + 3)" }.joined(separator: ", ")
            try transaction.execute(
                """
                UPDATE import_problem SET fields = NULL, identifier = NULL
                WHERE workspace_id = $1 AND task_id = $2 AND line IN (\(places))
                """,
                [workspace.sql, task.sql] + block.map(\.sql)
            )
        }
    }
}

/// A place in the order of problems.
private struct ProblemPlace {
    /// How many are read at once.
    static let page = 1_000

    var task: TaskID
    var line: Int64 = 0
    var number = 0

    init(task: TaskID, line: Int64 = 0) {
        self.task = task
        self.line = line
    }

    init(_ entry: TaskProblem) {
        task = entry.task
        line = entry.problem.line
        number = entry.problem.number
    }
}
