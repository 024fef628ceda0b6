// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Common
import Database

/// One row of a custom table.
enum CustomRowPage {
    static let routes: [Route] = [
        .get("tables/:name/rows/:id") { try await .page(show($0)) },
        .post("tables/:name/rows/:id/delete") { visit, _ in try await delete(visit) },
    ]

    /// The row of the path.
    static func row(_ visit: Visit, _ connection: Connection) throws -> CustomRow {
        let table = try CustomTablePage.table(visit, connection)
        guard
            let row = try CustomRowStore(table).row(CustomRowID(visit.id()), in: connection)
        else { throw PageError.notFound("row") }
        return row
    }

    static func place(_ row: CustomRow) -> String {
        "\(CustomTablePage.place(row.table))/rows/\(row.id)"
    }

    /// What people call a row.
    static func name(_ row: CustomRow) -> String {
        "\(row.table.displayName) \(row.businessKey ?? "\(row.id)")"
    }

    /// The profile that a row belongs to.
    static func owner(_ row: CustomRow, _ names: [ProfileID: String]) -> HTML {
        guard let profile = row.profile, let table = row.table.owners else { return "" }
        return link(
            names[profile] ?? "Profile \(profile)",
            "\(ProfilesPage.path)/\(table.name)/\(profile)"
        )
    }

    private static func show(_ visit: Visit) async throws -> Page {
        let (row, names) = try await visit.read { connection in
            let row = try CustomRowPage.row(visit, connection)
            let names = try row.table.owners.map { owners in
                try ProfileNames.read([row.profile].compactMap(\.self), owners, connection)
            }
            return (row, names ?? [:])
        }
        let table = row.table
        var page = Page(name(row), .tables)
        page.crumbs = [
            ("Tables", TablesPages.path), (table.displayName, CustomTablePage.place(table)),
            ("Rows", "\(CustomTablePage.place(table))/rows"),
        ]
        if visit.may(.manage) {
            page.actions = [
                LinkButton("Edit", "\(place(row))/edit"),
                Button(
                    "Delete",
                    "\(place(row))/delete",
                    "danger",
                    asking: "The row is gone at once, and that can't be undone. Exports of deleted "
                        + "rows tell its number and its key.",
                    submit: "Delete this row"
                ),
            ]
        }
        var about: [(label: String, value: HTML)] = []
        if table.kind.hasOwner { about.append(("Profile", owner(row, names))) }
        about += [
            ("Row", HTML(escaping: "\(row.id)")), ("Created", visit.view.time(row.createdAt)),
            ("Changed", visit.view.time(row.updatedAt)),
        ]
        page.parts = [
            Section(
                "Values",
                [
                    Facts(
                        table.attributes.map { attribute in
                            (
                                attribute.displayName,
                                row.text(attribute).map { HTML(escaping: $0) }
                                    ?? "<span class=\"none\">–</span>"
                            )
                        }
                    )
                ]
            ), Section("About this row", [Facts(about)]),
        ]
        return page
    }

    /// What the audit log calls a row.
    @Sendable static func subject(_ row: CustomRow) -> String {
        "row \(row.id) of table \(row.table.name)"
    }

    private static func delete(_ visit: Visit) async throws -> Reply {
        let row = try await visit.change("customRow.delete", of: subject) { transaction, context in
            let row = try CustomRowPage.row(visit, transaction)
            try RowDeletion(row.table, by: context).delete(row.id, in: transaction)
            return row
        }
        return .redirect("\(CustomTablePage.place(row.table))/rows", notice: "The row is deleted.")
    }
}
