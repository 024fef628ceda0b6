// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// A person's rows in custom tables; deleting the person deletes them, each with its own record.
struct CustomRowSection: DossierSection {
    let title = "Rows of custom tables"
    let relations = [ProfileRelation.customRows, "row_deletion", "custom_import_row"]

    func entries(for person: DossierPerson, in connection: Connection) throws -> [DossierEntry] {
        try tables(person, in: connection).flatMap { table in
            try all(of: person.profile, CustomRowStore(table), in: connection).map(entry)
        }
    }

    func erase(
        _ person: DossierPerson,
        by context: Context,
        in transaction: Transaction
    ) throws -> [String] {
        let tables = try tables(person, in: transaction)
        guard !tables.isEmpty else { return [] }
        // Whoever adds a row for the person now waits, and then finds that there is no such profile.
        var lookup = Lookup(
            table: person.table.physicalName,
            key: "id",
            columns: ["id"],
            keys: [person.profile.sql],
            order: nil
        )
        lookup.keeps = .all
        try transaction.lookup(lookup) { _, _ in }
        for table in tables {
            try RowDeletion(table, by: context).deleteAll(of: person.profile, in: transaction)
        }
        return []
    }

    private func tables(
        _ person: DossierPerson,
        in connection: Connection
    ) throws -> [CustomTable] {
        try CustomTableStore(person.table.workspace).all(of: person.table.id, in: connection)
    }

    private func all(
        of profile: ProfileID,
        _ store: CustomRowStore,
        in connection: Connection
    ) throws -> [CustomRow] {
        var rows: [CustomRow] = []
        while true {
            let page = try store.page(
                of: profile,
                after: rows.last?.id,
                limit: 1_000,
                in: connection
            )
            rows += page
            guard page.count == 1_000 else { return rows }
        }
    }

    private func entry(_ row: CustomRow) -> DossierEntry {
        let technical: [DossierEntry.Field] = [
            .init("table", row.table.name), .init("id", row.id.description),
        ]
        let moments: [DossierEntry.Field] = [
            .init("creationMoment", row.createdAt.description),
            .init("updateMoment", row.updatedAt.description),
        ]
        let values = row.table.attributes.map { DossierEntry.Field($0.name, row.text($0)) }
        return DossierEntry("row", at: row.createdAt, technical + values + moments)
    }
}
