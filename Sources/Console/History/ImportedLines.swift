// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Imports
import Tasks

/// One page of the lines that an import took in, with what each became.
struct ImportedLines: Sendable {
    private static let size = 100

    private struct Line: Sendable {
        var name: HTML
        var number: Int64
        var outcome: RowOutcome
    }

    private var lines: [Line] = []
    private let isOfProfiles: Bool
    /// Where the next page begins; nil when this is the last.
    private(set) var next: String?

    init(
        _ task: TaskRecord,
        after last: Int64,
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws {
        isOfProfiles = task.type != ImportTasks.customTableImport.name
        let plan = try ImportedLines.plan(of: task, workspace, connection)
        if isOfProfiles {
            try readProfiles(task.id, last, plan.table, workspace, connection)
        } else {
            try readRows(task.id, last, plan.customTable, workspace, connection)
        }
    }

    var table: Table {
        Table(
            "Imported rows",
            [
                .init(isOfProfiles ? "Profile" : "Row", .grow), .init("Line", .number),
                .init("Outcome"),
            ],
            rows: lines.map { line in
                [
                    line.name, HTML(escaping: "\(line.number)"),
                    HTML(escaping: "\(line.outcome)"),
                ]
            },
            empty: Table.Empty("Nobody", "This task imported no row.")
        )
    }

    /// The plan that an import went by; the default one when its import is gone.
    private static func plan(
        of task: TaskRecord,
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws -> ImportPlan {
        let parameters: ImportParameters = try task.parameters()
        if let plan = parameters.plan { return plan }
        let automated = task.subjects.importID.flatMap { id in
            try? AutomatedImportStore(workspace).find(id, in: connection)
        }
        return automated?.definition.plan ?? ImportPlan()
    }

    private mutating func readProfiles(
        _ task: TaskID,
        _ last: Int64,
        _ name: String,
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws {
        let table = try ProfileTableStore(workspace).table(named: name, in: connection)
        let found = try ImportLedger(workspace).imported(
            by: task,
            after: ProfileID(last),
            limit: ImportedLines.size + 1,
            in: connection
        )
        let shown = found.prefix(ImportedLines.size)
        let names = try ProfileNames.read(shown.map(\.profile), table, connection)
        lines = shown.map { row in
            let name = names[row.profile] ?? "Profile \(row.profile)"
            return Line(
                name: link(name, "/console/profiles/\(table.name)/\(row.profile)"),
                number: row.line,
                outcome: row.outcome
            )
        }
        next = found.count > shown.count ? shown.last.map { "\($0.profile)" } : nil
    }

    private mutating func readRows(
        _ task: TaskID,
        _ last: Int64,
        _ name: String?,
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws {
        let found = try ImportLedger(workspace, of: .customRows).customRows(
            by: task,
            after: CustomRowID(last),
            limit: ImportedLines.size + 1,
            in: connection
        )
        let shown = found.prefix(ImportedLines.size)
        var keys: [CustomRowID: String] = [:]
        let store = name.flatMap { name in
            try? CustomTableStore(workspace).table(named: name, in: connection)
        }.map { CustomRowStore($0) }
        for row in try store?.rows(shown.map(\.row), in: connection) ?? [] {
            keys[row.id] = row.businessKey
        }
        lines = shown.map { row in
            let name = keys[row.row] ?? "Row \(row.row)"
            return Line(name: HTML(escaping: name), number: row.line, outcome: row.outcome)
        }
        next = found.count > shown.count ? shown.last.map { "\($0.row)" } : nil
    }
}
