// SPDX-License-Identifier: Apache-2.0
public import Audience
public import Common
public import Database
public import Files
internal import Tasks

/// The reports in the spool that may list a person: those on sends that targeted them.
public struct ReportSection: DossierSection {
    private let spool: Spool

    /// Makes the section of a spool.
    public init(spool: Spool) {
        self.spool = spool
    }

    /// `Reports`.
    public var title: String { "Reports" }

    /// The spool kind.
    public var relations: [String] { [SpoolKind.report.rawValue] }

    /// The reports that may list the person.
    public func entries(
        for person: DossierPerson,
        in connection: Connection
    ) throws
        -> [DossierEntry]
    {
        try reports(on: person, in: connection)
            .filter { try spool.exists($0.file, in: connection) }
            .map { DossierEntry("report", [.init("task", $0.task.description)]) }
    }

    /// Removes the reports; they can be generated anew.
    public func erase(
        _ person: DossierPerson,
        by context: Context,
        in transaction: Transaction
    ) throws -> [String] {
        for report in try reports(on: person, in: transaction) {
            try spool.remove(report.file, in: transaction)
        }
        return []
    }

    private func reports(
        on person: DossierPerson,
        in connection: Connection
    ) throws -> [(task: TaskID, file: SpoolFile)] {
        let workspace = person.table.workspace
        let sends = Set(
            try SendStore(workspace).interactions(of: person.profile, in: connection).map(\.send)
        )
        return try connection.rows(
            "SELECT id FROM task WHERE workspace_id = $1 AND type = $2 AND result IS NOT NULL",
            [workspace, ExcludedUsersReportJob.taskType.name]
        ).compactMap { row in
            let task = try TaskStore(workspace).task(try row.get("id"), in: connection)
            let result: ExcludedUsersReportJob.Result? = try task.result()
            guard let result, sends.contains(try ExcludedUsersReportJob.send(of: task)) else {
                return nil
            }
            return (task.id, result.file)
        }
    }
}
