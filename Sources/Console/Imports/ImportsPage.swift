// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Campaigns
import Common
import Database
import Files
import Imports
import Tasks

/// The automated imports, with their last and next run.
enum ImportsPage {
    static let path = "/console/imports"

    static let routes: [Route] = [.get("imports") { try await .page(show($0)) }]

    private struct Item: Sendable {
        var automated: AutomatedImport
        var last: ListPage.Row?
        var next: Instant?
        var trigger: String?
    }

    private static func show(_ visit: Visit) async throws -> Page {
        let items = try await visit.read { connection in
            try AutomatedImportStore(visit.workspace).all(in: connection)
                .map { try item($0, visit.workspace, connection) }
        }
        var page = Page(
            "Imports",
            .imports,
            lead: "Files that are fetched and imported by themselves."
        )
        if visit.may(.manage) {
            page.actions = [
                LinkButton("Upload a file", "\(path)/upload"),
                LinkButton("New automated import", "\(path)/new", "primary"),
            ]
        }
        page.parts = [Section(nil, [table(items, visit)])]
        return page
    }

    private static func item(
        _ automated: AutomatedImport,
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws -> Item {
        let last = try ListPage.newest(
            1,
            TaskStore.listing,
            [
                .equals("import_id", .integer(automated.id.value)),
                .anyOf("type", ImportTasks.names.map { .text($0) }),
            ],
            in: workspace,
            from: connection
        ).first
        let schedule = try automated.scheduleID.flatMap { id in
            try ScheduleStore(workspace).schedule(id, in: connection)
        }
        let binding = try ImportBindingStore(workspace).binding(of: automated.id, in: connection)
        let campaign = binding.flatMap { binding in
            try? CampaignStore(workspace).campaign(binding.campaign, in: connection)
        }
        return Item(
            automated: automated,
            last: last,
            next: automated.isActive ? schedule?.nextDue : nil,
            trigger: campaign.map { campaign in
                "\(campaign.displayName), \(binding?.time.map { "at \($0)" } ?? "at once")"
            }
        )
    }

    private static func table(_ items: [Item], _ visit: Visit) -> Table {
        Table(
            "Automated imports",
            [
                .init("Name", .grow), .init("Source", .grow), .init("Frequency"), .init("Status"),
                .init("Last run"), .init("Next run", .moment), .init("Options", .actions),
            ],
            rows: items.map { row($0, visit) },
            empty: Table.Empty(
                "No file is imported by itself yet",
                "Make an automated import: it fetches a file every night, and can send a campaign to exactly the people who came in.",
                visit.may(.manage) ? link("Make the first one", "\(path)/new") : nil
            )
        )
    }

    private static func row(_ item: Item, _ visit: Visit) -> [HTML] {
        let definition = item.automated.definition
        let place = "\(path)/\(item.automated.id)"
        let trigger: HTML =
            item.trigger.map { "<span class=\"second\">Triggers \($0)</span>" } ?? ""
        let folder = definition.folder.isEmpty ? "" : "\(definition.folder)/"
        let last: HTML =
            item.last.map { row in
                """
                <a href="\(HistoryPage.path)/\(row.id)">\(Badge.status(row.text("status")))</a>\
                <span class="second">\(visit.view.time(row.moment("date")))</span>
                """
            } ?? "<span class=\"none\">Never</span>"
        return [
            "\(link(definition.name, place))\(trigger)",
            "\(definition.location)<span class=\"second\"><code>\(folder)\(name(definition))</code></span>",
            HTML(escaping: definition.recurrence?.summary.capitalisedFirst ?? "By hand"),
            item.automated.isActive ? Badge.status("active") : Badge.status("off", "Not active"),
            last, visit.view.time(item.next), options(item, place, visit),
        ]
    }

    private static func name(_ definition: AutomatedImportDefinition) -> String {
        switch definition.selector.match {
        case .exact(let name): return name
        case .expression(let text): return text
        }
    }

    private static func options(_ item: Item, _ place: String, _ visit: Visit) -> HTML {
        guard visit.may(.manage) else { return link("Open", place) }
        let isActive = item.automated.isActive
        return Button("Run Now", "\(place)/run").html(visit.view)
            + Button(
                isActive ? "Deactivate" : "Activate",
                "\(place)/\(isActive ? "deactivate" : "activate")"
            ).html(visit.view)
    }
}
