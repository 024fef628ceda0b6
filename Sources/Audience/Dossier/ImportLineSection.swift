// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// The file lines in which a person appears: those imported, and those that failed or were warned
/// about, with their original fields.
struct ImportLineSection: DossierSection {
    let title = "File lines"
    let relations = ["import_row", "import_problem"]

    func entries(for person: DossierPerson, in connection: Connection) throws -> [DossierEntry] {
        let ledger = ImportLedger(person.table.workspace)
        let rows = try ledger.rows(of: person.profile, in: connection).map { row in
            DossierEntry(
                "imported",
                [
                    .init("task", row.task.description), .init("line", "\(row.line)"),
                    .init("outcome", "\(row.outcome)"),
                ]
            )
        }
        let problems = try ledger.problems(naming: person, in: connection).map { found in
            DossierEntry(
                found.problem.outcome,
                [
                    .init("task", found.task.description), .init("line", "\(found.problem.line)"),
                    .init("column", found.problem.column), .init("code", found.problem.code),
                    .init("message", found.problem.message),
                    .init("fields", found.problem.fields.flatMap { try? JSONText.encode($0) }),
                ]
            )
        }
        return rows + problems
    }

    /// The lines' numbers and outcomes stay: the ledger closes (promise 1).
    func erase(
        _ person: DossierPerson,
        by context: Context,
        in transaction: Transaction
    ) throws -> [String] {
        try erase(person, nil, by: context, in: transaction)
    }

    /// The same, with what was found before.
    func erase(
        _ person: DossierPerson,
        _ found: PersonalLines?,
        by context: Context,
        in transaction: Transaction
    ) throws -> [String] {
        try ImportLedger(context.workspace).erase(person, found, in: transaction)
        return []
    }
}
