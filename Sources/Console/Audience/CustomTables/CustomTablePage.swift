// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Common
import Database

/// A custom table: its rows, page by page, and its attributes.
enum CustomTablePage {
    static let routes: [Route] =
        [.get("tables/:name/rows") { try await .page(rows($0)) }]
        + CustomRowEditor.routes + CustomRowPage.routes

    /// The custom table of the path.
    static func table(_ visit: Visit, _ connection: Connection) throws -> CustomTable {
        do {
            return try CustomTableStore(visit.workspace)
                .table(named: visit.parameters["name"] ?? "", in: connection)
        } catch AudienceError.noSuchCustomTable {
            throw PageError.notFound("table")
        }
    }

    static func place(_ table: CustomTable) -> String { "\(TablesPages.path)/\(table.name)" }

    /// `Linked data`, `Interactions` or `Repository`.
    static func kind(_ kind: CustomTableKind) -> String {
        switch kind {
        case .linkedData: "Linked data"
        case .interaction: "Interactions"
        case .repository: "Repository"
        }
    }

    /// The list of all custom tables, under that of profile tables.
    static func list(_ tables: [CustomTable]) -> Section {
        Section(
            "Custom tables",
            note: "Rows that belong to people, such as orders, or to nobody, such as shops.",
            [
                Table(
                    "Custom tables",
                    [
                        .init("Table", .grow), .init("Technical name"), .init("Kind"),
                        .init("Business key"), .init("Attributes", .number),
                        .init("Options", .actions),
                    ],
                    rows: tables.map { table in
                        [
                            link(table.displayName, place(table)), "<code>\(table.name)</code>",
                            HTML(escaping: kind(table.kind)),
                            HTML(escaping: table.businessKey?.displayName ?? "the row's number"),
                            HTML(escaping: "\(table.attributes.count)"),
                            "<a class=\"plain button\" href=\"\(place(table))/rows\">Rows<span class=\"unseen\"> of \(table.displayName)</span></a>",
                        ]
                    },
                    empty: Table.Empty(
                        "No custom tables",
                        "The command line and the API make them: millrace table create."
                    )
                )
            ]
        )
    }

    /// What the table is, with its attributes.
    static func show(_ visit: Visit) async throws -> Page {
        let table = try await visit.read { try CustomTablePage.table(visit, $0) }
        var page = Page(table.displayName, .tables, lead: "Technical name \(table.name)")
        page.crumbs = [("Tables", TablesPages.path)]
        page.actions = [LinkButton("Rows", "\(place(table))/rows", "primary")]
        page.parts = [
            Section(
                "About this table",
                [
                    Facts([
                        ("Kind", HTML(escaping: kind(table.kind))),
                        (
                            "Belongs to",
                            table.owners.map {
                                link($0.displayName, "\(TablesPages.path)/\($0.name)")
                            }
                                ?? "nobody"
                        ),
                        (
                            "Business key",
                            HTML(escaping: table.businessKey?.displayName ?? "the row's number")
                        ),
                    ])
                ]
            ),
            Section(
                "Attributes",
                [TablesPages.attributes(table.attributes, key: table.businessKeyID)]
            ),
        ]
        return page
    }

    /// The rows of a page, or the one with a key.
    private struct Found: Sendable {
        var table: CustomTable
        var rows: [CustomRow]
        var next: String?
        var names: [ProfileID: String] = [:]

        init(_ visit: Visit, _ connection: Connection) throws {
            let table = try CustomTablePage.table(visit, connection)
            let store = CustomRowStore(table)
            let key = visit.query.text("q")
            if key.isEmpty {
                let page = try ListPage(
                    CustomRowStore.listing(of: table),
                    cursor: visit.query.text("at"),
                    in: visit.workspace,
                    from: connection
                )
                rows = try page.rows.compactMap {
                    try store.row(CustomRowID($0.id), in: connection)
                }
                next = page.next
            } else {
                rows = try Found.find(key, store, connection).map { [$0] } ?? []
            }
            if let owners = table.owners {
                names = try ProfileNames.read(rows.compactMap(\.profile), owners, connection)
            }
            self.table = table
        }

        /// A key that the attribute cannot have is nobody's.
        private static func find(
            _ key: String,
            _ store: CustomRowStore,
            _ connection: Connection
        ) throws -> CustomRow? {
            do {
                return try store.find(key, in: connection)
            } catch AudienceError.badValue {
                return nil
            }
        }
    }

    private static func rows(_ visit: Visit) async throws -> Page {
        let found = try await visit.read { try Found(visit, $0) }
        let table = found.table
        let address = "\(place(table))/rows"
        var page = Page("Rows of \(table.displayName)", .tables)
        page.crumbs = [("Tables", TablesPages.path), (table.displayName, place(table))]
        if visit.may(.manage) {
            page.actions = [LinkButton("New row", "\(address)/new", "primary")]
        }
        var filters = FormPart.filters(
            address,
            [
                Field.text(
                    "q",
                    table.businessKey?.displayName ?? "Row number",
                    visit.query.text("q"),
                    "search"
                ).sized("wide")
            ]
        )
        filters.submit = "Search"
        page.parts = [
            filters,
            Section(
                nil,
                [
                    list(found, visit).paged(
                        first: visit.firstPage(address),
                        next: visit.nextPage(address, found.next)
                    )
                ]
            ),
        ]
        return page
    }

    /// The key, the owner, the first attributes and the last change.
    private static func list(_ found: Found, _ visit: Visit) -> Table {
        let table = found.table
        let shown = table.attributes.filter { $0.id != table.businessKeyID }.prefix(4)
        var columns: [Table.Column] = [
            .init(table.businessKey?.displayName ?? "Row", .grow)
        ]
        if table.kind.hasOwner { columns.append(.init("Profile", .grow)) }
        columns += shown.map { .init($0.displayName) }
        columns.append(.init("Changed", .moment))
        let isSearch = !visit.query.text("q").isEmpty
        return Table(
            "Rows",
            columns,
            rows: found.rows.map { row in
                var cells = [link(row.businessKey ?? "\(row.id)", "\(place(table))/rows/\(row.id)")]
                if table.kind.hasOwner { cells.append(CustomRowPage.owner(row, found.names)) }
                cells += shown.map { HTML(escaping: row.text($0) ?? "") }
                cells.append(visit.view.time(row.updatedAt))
                return cells
            },
            empty: isSearch
                ? Table.Empty(
                    "No row is found",
                    "The search takes a whole key.",
                    link("Show the newest rows", "\(place(table))/rows")
                )
                : Table.Empty(
                    "No rows yet",
                    "An import into this table brings them; so does the API."
                )
        )
    }
}
