// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Campaigns
import Common
import Database

/// The lists that profiles can be subscribed to.
enum ListsPages {
    static let path = "/console/lists"

    static let routes: [Route] = [
        .get("lists") { try await .page(list($0)) },
        .post("lists") { visit, form in try await create(visit, form) },
        .get("lists/:id") { try await .page(show($0)) },
        .post("lists/:id/delete") { visit, _ in try await delete(visit) },
    ]

    private static func list(
        _ visit: Visit,
        _ form: Form = Form(),
        _ errors: FormErrors = .none
    ) async throws -> Page {
        let (lists, tables) = try await visit.read { connection in
            let tables = try ProfileTableStore(visit.workspace).all(in: connection)
            let store = ListStore(visit.workspace)
            let lists = try tables.flatMap { try store.all(of: $0.id, in: connection) }
            return (lists, tables)
        }
        var page = Page("Lists", .lists, lead: "What people can be subscribed to.")
        page.parts = [
            Section(
                nil,
                [
                    Table(
                        "Lists",
                        [
                            .init("List", .grow), .init("Profile table"), .init("Confirmation"),
                            .init("Note", .grow),
                        ],
                        rows: lists.map { list in
                            [
                                link(list.name, "\(path)/\(list.id)"),
                                HTML(
                                    escaping: tables.first { $0.id == list.table }?.displayName
                                        ?? ""
                                ),
                                list.needsConfirmation ? "needed" : "not needed",
                                HTML(escaping: list.note ?? ""),
                            ]
                        },
                        empty: Table.Empty(
                            "No lists yet",
                            "Make a list such as newsletter, and import who is subscribed."
                        )
                    )
                ]
            )
        ]
        if visit.may(.manage) {
            page.parts.append(
                FormPart(
                    path,
                    submit: "Make the list",
                    FormPart.Group([
                        Field.text("name", "Name", form.text("name")).sized("narrow")
                            .hinted("Letters, digits and _, such as newsletter."),
                        Field.select(
                            "table",
                            "Profile table",
                            form.text("table"),
                            tables.map { .init("\($0.id)", $0.displayName) }
                        ).sized("narrow"),
                        Field.text("note", "Note", form.text("note")).optional.sized("narrow"),
                        .check(
                            "confirmation",
                            "Subscriptions count only once they are confirmed",
                            form.isOn("confirmation")
                        ),
                    ])
                ).showing(errors).card("New list")
            )
        }
        return errors.isEmpty ? page : page.status(422)
    }

    private static func create(_ visit: Visit, _ form: Form) async throws -> Reply {
        do {
            let id = try await visit.write { transaction, context in
                let table = try ProfileTableStore(visit.workspace)
                    .table(ProfileTableID(form.number("table") ?? 0), in: transaction)
                let list = try ListStore(visit.workspace).create(
                    name: form.text("name"),
                    table: table.id,
                    needsConfirmation: form.isOn("confirmation"),
                    note: form.filled("note"),
                    by: context,
                    in: transaction
                )
                try log("list.create", list.id, context, transaction)
                return list.id
            }
            return .redirect("\(path)/\(id)", notice: "The list is made.")
        } catch {
            guard let refusal = Refusal(error), [409, 422].contains(refusal.status) else {
                throw error
            }
            let errors = FormErrors(fields: ["name": refusal.sentence.capitalisedFirst + "."])
            return .page(try await list(visit, form, errors))
        }
    }

    private static func show(_ visit: Visit) async throws -> Page {
        let id = ListID(try visit.id())
        let cursor = visit.query.text("at")
        let (list, rows, names, table) = try await visit.read { connection in
            guard let list = try ListStore(visit.workspace).list(id, in: connection) else {
                throw PageError.notFound("list")
            }
            let table = try ProfileTableStore(visit.workspace).table(list.table, in: connection)
            let rows = try ListPage(
                SubscriptionStore.listing,
                [.equals("list_id", .integer(id.value))],
                cursor: cursor,
                in: visit.workspace,
                from: connection
            )
            let ids = rows.rows.compactMap { $0.integer("subscriber_id").map { ProfileID($0) } }
            return (list, rows, try ProfileNames.read(ids, table, connection), table)
        }
        var page = Page(list.name, .lists, lead: list.note ?? "A list of \(table.displayName)")
        page.crumbs = [("Lists", path)]
        if visit.may(.manage) {
            page.actions = [
                LinkButton("Send to this list", "/console/sends/new?target=l:\(id)"),
                Button(
                    "Delete",
                    "\(path)/\(id)/delete",
                    "danger",
                    asking:
                        "Nobody is subscribed to it any more, and campaigns cannot use it. The profiles stay.",
                    submit: "Delete this list"
                ),
            ]
        }
        page.parts = [
            Live(
                "\(path)/\(id)/count",
                stays: true,
                Section(nil, ["<p class=\"note\">Counting the subscribers…</p>" as HTML])
            ),
            Section("Subscriptions", [people(rows, names, table, visit, id)]),
        ]
        return page
    }

    private static func people(
        _ page: ListPage,
        _ names: [ProfileID: String],
        _ table: ProfileTable,
        _ visit: Visit,
        _ id: ListID
    ) -> Table {
        Table(
            "Subscriptions",
            [.init("Profile", .grow), .init("Standing"), .init("Source"), .init("Since", .moment)],
            rows: page.rows.map { row in
                let profile = ProfileID(row.integer("subscriber_id") ?? 0)
                return [
                    link(
                        names[profile] ?? "Profile \(profile)",
                        "\(ProfilesPage.path)/\(table.name)/\(profile)"
                    ),
                    row.isOn("subscribed")
                        ? Badge.status(
                            "yes",
                            row.isOn("confirmed") ? "Subscribed" : "Not confirmed"
                        )
                        : Badge.status("off", "Unsubscribed"),
                    HTML(escaping: row.text("source")), visit.view.time(row.moment("mdate")),
                ]
            },
            empty: Table.Empty(
                "Nobody yet",
                "An import with a column for this list brings subscribers; so does the API."
            )
        ).paged(
            first: visit.firstPage("\(path)/\(id)"),
            next: visit.nextPage("\(path)/\(id)", page.next)
        )
    }

    /// How many are subscribed, counted beside the page: a list may have millions.
    static let count: Route = .get("lists/:id/count") { visit in
        let id = ListID(try visit.id())
        return .live(
            LiveEvents {
                let counts = try await visit.read { connection in
                    try visit.services.rooms.subscriptionCounts
                        .counts(of: [id], visit.workspace, at: visit.now, in: connection)
                }
                let count = counts[id] ?? 0
                let tiles = Tiles([.init(TimeText.count(count), "Subscribed now")])
                return (tiles.html(visit.view), true)
            }
        )
    }

    private static func delete(_ visit: Visit) async throws -> Reply {
        let id = ListID(try visit.id())
        try await visit.write { transaction, context in
            guard try !CampaignStore(visit.workspace).uses(id, in: transaction),
                try ScheduledSendStore(visit.workspace).openSend(to: .list(id), in: transaction)
                    == nil
            else {
                throw PageError.bad(
                    "a campaign or a scheduled send that has not ended uses the list"
                )
            }
            try ListStore(visit.workspace).delete(id, by: context, in: transaction)
            try log("list.delete", id, context, transaction)
        }
        return .redirect(path, notice: "The list is deleted.")
    }

    private static func log(
        _ action: String,
        _ id: ListID,
        _ context: Context,
        _ transaction: Transaction
    ) throws {
        try AuditLog(context.workspace)
            .record(action, subject: "list \(id)", by: context, in: transaction)
    }
}
