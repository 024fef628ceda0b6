// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Campaigns
import Common
import Database
import Files
import Imports
import Tasks

/// One automated import: what it does, when, and how its runs ended.
enum ImportPage {
    static let routes: [Route] = [
        .get("imports/:id") { try await .page(show($0)) },
        .post("imports/:id/run") { visit, _ in
            let id = ImportID(try visit.id())
            let task = try await visit.change("import.run", of: "import \(id)") {
                transaction,
                context in
                try AutomatedImportStore(visit.workspace)
                    .runNow(id, by: context, in: transaction)
            }
            return .redirect("\(HistoryPage.path)/\(task)", notice: "The run is started.")
        },
        .post("imports/:id/activate") { visit, _ in try await set(visit, isActive: true) },
        .post("imports/:id/deactivate") { visit, _ in try await set(visit, isActive: false) },
        .post("imports/:id/clone") { visit, _ in try await clone(visit) },
        .post("imports/:id/delete") { visit, _ in try await delete(visit) },
    ]

    private static func show(_ visit: Visit) async throws -> Page {
        let id = ImportID(try visit.id())
        let (automated, binding, campaign, runs) = try await visit.read { connection in
            let store = AutomatedImportStore(visit.workspace)
            let automated = try store.find(id, in: connection)
            let binding = try ImportBindingStore(visit.workspace)
                .binding(of: id, in: connection)
            let campaign = binding.flatMap {
                try? CampaignStore(visit.workspace).campaign($0.campaign, in: connection)
            }
            let runs = try ListPage.newest(
                10,
                TaskStore.listing,
                [
                    .equals("import_id", .integer(id.value)),
                    .anyOf("type", ImportTasks.names.map { .text($0) }),
                ],
                in: visit.workspace,
                from: connection
            )
            return (automated, binding, campaign, runs)
        }
        let definition = automated.definition
        var page = Page(definition.name, .imports)
        page.crumbs = [("Imports", ImportsPage.path)]
        page.actions = actions(automated, visit)
        page.parts = []
        if let warning = try await TriggerFit.warning(
            of: id,
            ScheduleFields(definition.recurrence, zone: visit.zone),
            binding?.time,
            visit
        ) {
            page.parts.append(Notice(.warning, "\(warning)"))
        }
        page.parts += [
            Section("How it works", [facts(automated, binding, campaign)]),
            Columns(
                Section(
                    automated.isActive ? "The next five runs" : "When it would run",
                    [NextRuns.part(definition.recurrence, visit)]
                ),
                mapping(definition)
            ), history(runs, id, visit),
        ]
        return page
    }

    private static func actions(_ automated: AutomatedImport, _ visit: Visit) -> [any Part] {
        guard visit.may(.manage) else { return [] }
        let place = "\(ImportsPage.path)/\(automated.id)"
        var actions: [any Part] = [
            Button("Run Now", "\(place)/run", "primary"),
            Button(
                automated.isActive ? "Deactivate" : "Activate",
                "\(place)/\(automated.isActive ? "deactivate" : "activate")"
            ),
        ]
        if ImportWizard.refusal(of: automated.definition) == nil {
            actions.append(LinkButton("Edit", "\(place)/edit"))
        }
        return actions + [
            Button("Clone", "\(place)/clone"),
            Button(
                "Delete",
                "\(place)/delete",
                "danger",
                asking:
                    "The import runs no more. Its runs stay in Task History; the profiles stay too.",
                submit: "Delete this import"
            ),
        ]
    }

    private static func facts(
        _ automated: AutomatedImport,
        _ binding: ImportBinding?,
        _ campaign: Campaign?
    ) -> Facts {
        let definition = automated.definition
        let expression: String
        switch definition.selector.match {
        case .exact(let name): expression = name
        case .expression(let text): expression = text
        }
        var trigger: HTML = "none"
        if let binding {
            trigger = """
                \(link(campaign?.displayName ?? "gone", "/console/campaigns/\(binding.campaign)")), \
                \(binding.time.map { "at \($0)" } ?? "at once")
                """
        }
        let custom = definition.plan.customTable
        let table: (label: String, value: HTML) = (
            custom == nil ? "Profile table" : "Custom table",
            HTML(escaping: custom ?? definition.plan.table)
        )
        return Facts([
            (
                "Status",
                automated.isActive ? Badge.status("active") : Badge.status("off", "Not active")
            ), ("Location", HTML(escaping: definition.location)),
            ("Folder", HTML(escaping: definition.folder.isEmpty ? "top" : definition.folder)),
            ("File", "<code>\(expression)</code>"),
            table, ("Afterwards", HTML(escaping: aftermath(definition.aftermath))),
            ("Files imported before", definition.skipsKnownFiles ? "skipped" : "imported again"),
            ("Opts people in again", definition.plan.mayResubscribe ? "yes" : "never"),
            ("Trigger API Campaign", trigger),
            (
                "Alert when no file has come by",
                HTML(escaping: definition.watch.deadline?.description ?? "never")
            ),
        ])
    }

    private static func aftermath(_ aftermath: FileAftermath) -> String {
        switch aftermath {
        case .leave: "the file stays"
        case .move: "the file moves to processed/"
        case .delete: "the file is deleted"
        }
    }

    private static func mapping(_ definition: AutomatedImportDefinition) -> Section {
        let rows = (definition.plan.mapping ?? []).filter { $0.target != .ignored }.map {
            column -> [HTML] in
            let target =
                switch column.target {
                case .attribute(let name): name
                case .list(let name): "subscription to \(name)"
                case .ignored: ""
                }
            return [HTML(escaping: column.header), HTML(escaping: target)]
        }
        return Section(
            "Mapping",
            [
                Table(
                    "Mapping",
                    [.init("Column", .grow), .init("Fills", .grow)],
                    rows: rows,
                    empty: Table.Empty(
                        "By name",
                        "Each run maps the columns by the names of the attributes."
                    )
                )
            ]
        )
    }

    private static func history(_ runs: [ListPage.Row], _ id: ImportID, _ visit: Visit) -> Section {
        Section(
            "Runs",
            [
                Table(
                    "Runs",
                    [
                        .init("Date", .moment), .init("Status"), .init("Outcome", .grow),
                        .init("Started by"),
                    ],
                    rows: runs.map { row in
                        [
                            "<a href=\"\(HistoryPage.path)/\(row.id)\">\(visit.view.time(row.moment("date")))</a>",
                            Badge.status(row.text("status")), HTML(escaping: row.text("outcome")),
                            HTML(escaping: row.text("started_by")),
                        ]
                    },
                    empty: Table.Empty(
                        "It has not run yet",
                        "Run Now starts it at once, also when it is not active."
                    )
                )
            ]
        ).beside(
            LinkButton("All runs", "\(HistoryPage.path)?import=\(id)")
        )
    }

    private static func set(_ visit: Visit, isActive: Bool) async throws -> Reply {
        let id = ImportID(try visit.id())
        let action = isActive ? "import.activate" : "import.deactivate"
        try await visit.change(action, of: "import \(id)") { transaction, context in
            try AutomatedImportStore(visit.workspace)
                .setActive(id, isActive, by: context, in: transaction)
        }
        return .redirect(
            "\(ImportsPage.path)/\(id)",
            notice: isActive ? "It is active." : "It is no longer active."
        )
    }

    private static func clone(_ visit: Visit) async throws -> Reply {
        let id = ImportID(try visit.id())
        let copy = try await visit.change("import.clone", of: { (id: ImportID) in "import \(id)" })
        {
            transaction,
            context in
            let store = AutomatedImportStore(visit.workspace)
            let names = Set(try store.all(in: transaction).map(\.definition.name))
            let name = try store.find(id, in: transaction).definition.name
            let free = (1...1_000).lazy.map { "\(name) copy\($0 == 1 ? "" : " \($0)")" }
                .first { !names.contains($0) }
            return try store.clone(id, as: free ?? "\(name) copy", by: context, in: transaction).id
        }
        return .redirect(
            "\(ImportsPage.path)/\(copy)",
            notice: "This is the copy; it is not active."
        )
    }

    private static func delete(_ visit: Visit) async throws -> Reply {
        let id = ImportID(try visit.id())
        try await visit.change("import.delete", of: "import \(id)") { transaction, context in
            try AutomatedImportStore(visit.workspace).delete(id, by: context, in: transaction)
        }
        return .redirect(ImportsPage.path, notice: "The import is deleted.")
    }
}
