// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Campaigns
import Common
import Database

/// Saved searches: a simple condition by fields, or any as JSON.
enum SearchesPages {
    static let path = "/console/searches"

    static let routes: [Route] = [
        .get("searches") { try await .page(list($0)) },
        .get("searches/new", .manage) { try await .page(editor($0, Form(), nil)) },
        .post("searches/new") { visit, form in try await save(visit, form, nil) },
        .get("searches/:id") { try await .page(show($0)) },
        .get("searches/:id/edit", .manage) { visit in
            let search = try await visit.read { try SearchesPages.search(visit, $0) }
            let json = try JSONText.encode(search.expression, pretty: true)
            let form = Form([
                .init(name: "name", value: search.name), .init(name: "json", value: json),
            ])
            return try await .page(editor(visit, form, search))
        },
        .post("searches/:id/edit") { visit, form in
            let search = try await visit.read { try SearchesPages.search(visit, $0) }
            return try await save(visit, form, search)
        },
        .post("searches/:id/count") { visit, _ in try await count(visit) },
        .post("searches/:id/delete") { visit, _ in try await delete(visit) },
    ]

    static func store(_ visit: Visit) -> SearchStore {
        SearchStore(visit.workspace, visit.services.rooms.searches)
    }

    static func search(_ visit: Visit, _ connection: Connection) throws -> Search {
        try store(visit).search(SearchID(visit.id()), in: connection)
    }

    private static func list(_ visit: Visit) async throws -> Page {
        let cursor = visit.query.text("at")
        let list = try await visit.read { connection in
            try ListPage(SearchStore.listing, cursor: cursor, in: visit.workspace, from: connection)
        }
        var page = Page(
            "Searches",
            .searches,
            lead: "Conditions over profiles, saved under a name."
        )
        if visit.may(.manage) {
            page.actions = [LinkButton("New search", "\(path)/new", "primary")]
        }
        page.parts = [
            Section(
                nil,
                [
                    Table(
                        "Searches",
                        [
                            .init("Search", .grow), .init("Profile table"),
                            .init("Changed", .moment),
                        ],
                        rows: list.rows.map { row in
                            [
                                link(row.text("name"), "\(path)/\(row.id)"),
                                HTML(escaping: row.text("profile_table")),
                                visit.view.time(row.moment("mdate")),
                            ]
                        },
                        empty: Table.Empty(
                            "No searches yet",
                            "A search finds people by what is known of them; a scheduled send can go to it.",
                            visit.may(.manage) ? link("Make a search", "\(path)/new") : nil
                        )
                    ).paged(first: visit.firstPage(path), next: visit.nextPage(path, list.next))
                ]
            )
        ]
        return page
    }

    private static func show(_ visit: Visit) async throws -> Page {
        let now = visit.now
        let (search, people, counts) = try await visit.read { connection in
            let search = try SearchesPages.search(visit, connection)
            let table = try ProfileTableStore(visit.workspace).table(search.table, in: connection)
            let condition = try visit.services.rooms.searches
                .compile(search.expression, over: table, at: now, in: connection)
            let counts = try ListPage.newest(
                5,
                SearchExecutions.listing,
                [.equals("search_id", .integer(search.id.value))],
                in: visit.workspace,
                from: connection
            )
            return (
                search, try ProfileSearch(table, condition).preview(10, in: connection), counts
            )
        }
        let place = "\(path)/\(search.id)"
        var page = Page(search.name, .searches)
        page.crumbs = [("Searches", path)]
        if visit.may(.manage) {
            page.actions = [Button("Count", "\(place)/count", "primary")]
            page.actions.append(LinkButton("Edit", "\(place)/edit"))
            page.actions.append(
                Button(
                    "Delete",
                    "\(place)/delete",
                    "danger",
                    asking: "Scheduled sends cannot use it any more.",
                    submit: "Delete this search"
                )
            )
        }
        let json = try JSONText.encode(search.expression, pretty: true)
        page.parts = [
            Section(
                "The first it finds",
                [
                    Table(
                        "The first it finds",
                        [
                            .init("Profile", .grow), .init("Name"), .init("Mobile number"),
                            .init("Created", .moment), .init("Changed", .moment),
                        ],
                        rows: people.map { ProfilesPage.row($0, visit) },
                        empty: Table.Empty(
                            "It finds nobody",
                            "Nobody fulfils the condition at this moment."
                        )
                    )
                ]
            ),
            Columns(
                Section(
                    "Counts",
                    [
                        Table(
                            "Counts",
                            [.init("When", .moment), .init("Status"), .init("Found", .number)],
                            rows: counts.map { row in
                                [
                                    "<a href=\"\(HistoryPage.path)/\(row.id)\">\(visit.view.time(row.moment("cdate")))</a>",
                                    Badge.status(row.text("status")),
                                    HTML(
                                        escaping: row.integer("found").map { TimeText.count($0) }
                                            ?? ""
                                    ),
                                ]
                            },
                            empty: Table.Empty(
                                "Not counted yet",
                                "Count looks through the whole table, as a task."
                            )
                        )
                    ]
                ),
                Section("Condition", ["<pre tabindex=\"0\">\(json)</pre>" as HTML])
            ),
        ]
        return page
    }

    private static func count(_ visit: Visit) async throws -> Reply {
        let id = SearchID(try visit.id())
        let task = try await visit.change("search.count", of: "search \(id)") {
            transaction,
            context in
            try SearchExecutions(visit.workspace)
                .start(
                    id,
                    filling: nil,
                    visit.services.rooms.searches,
                    by: context,
                    in: transaction
                )
        }
        return .redirect("\(HistoryPage.path)/\(task)", notice: "It is being counted.")
    }

    private static func delete(_ visit: Visit) async throws -> Reply {
        let id = SearchID(try visit.id())
        try await visit.change("search.delete", of: "search \(id)") { transaction, _ in
            guard try !CampaignStore(visit.workspace).uses(id, in: transaction)
            else { throw PageError.bad("a campaign or a send that has not ended uses the search") }
            try store(visit).delete(id, in: transaction)
        }
        return .redirect(path, notice: "The search is deleted.")
    }
}
