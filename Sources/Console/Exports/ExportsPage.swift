// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Exports
import Tasks

/// The exports, by state and type.
enum ExportsPage {
    static let path = "/console/exports"

    static let routes: [Route] = [.get("exports") { try await .page(show($0)) }]

    private struct Item: Sendable {
        var row: ListPage.Row
        var definition: ExportDefinition
        var last: ListPage.Row?
        var next: Instant?
    }

    private static func show(_ visit: Visit) async throws -> Page {
        let state = visit.query.text("state")
        let group = visit.query.text("type")
        let cursor = visit.query.text("at")
        let (items, next) = try await visit.read { connection in
            let list = try ListPage(
                ExportStore.listing,
                visit.limit.filters("entity")
                    + (state.isEmpty ? [] : [.equals("state", .text(state))]),
                cursor: cursor,
                in: visit.workspace,
                from: connection
            )
            let items = try list.rows.compactMap { try item($0, visit, connection) }
            return (items, list.next)
        }
        let shown = items.filter {
            group.isEmpty || $0.definition.pair.facts.exportType.group.rawValue == group
        }
        var page = Page(
            "Exports",
            .exports,
            lead:
                "What has changed, as files without gaps and without doubles; or everything there is."
        )
        if visit.may(.manage) {
            page.actions = [
                LinkButton("New export", "\(path)/new", "primary"),
                LinkButton("New full export", "\(path)/new?kind=full"),
            ]
        }
        page.parts = [
            Tabs(
                "Exports by state",
                current: state.isEmpty ? path : "\(path)?state=\(state)",
                [("All", path)]
                    + ExportState.allCases.map {
                        ($0.rawValue.capitalisedFirst, "\(path)?state=\($0.rawValue)")
                    }
            ),
            FormPart.filters(
                path,
                [
                    .select(
                        "type",
                        "Type",
                        group,
                        [
                            .init("", "All types"), .init("profile", "Profile tables"),
                            .init("customTable", "Custom tables"), .init("campaign", "Campaigns"),
                        ]
                    )
                ]
            ).keeping("state", state),
            Section(
                nil,
                [
                    table(shown, visit).paged(
                        first: visit.firstPage(path),
                        next: visit.nextPage(path, next)
                    )
                ]
            ),
        ]
        return page
    }

    private static func item(
        _ row: ListPage.Row,
        _ visit: Visit,
        _ connection: Connection
    ) throws -> Item? {
        guard
            let definition = try? JSONText.decode(
                ExportDefinition.self,
                from: row.text("definition")
            )
        else { return nil }
        let last = try ListPage.newest(
            1,
            TaskStore.listing,
            [.equals("export_id", .integer(row.id))],
            in: visit.workspace,
            from: connection
        ).first
        let isActive = row.text("state") == "active"
        return Item(
            row: row,
            definition: definition,
            last: last,
            next: isActive ? definition.nextRun(after: visit.now) : nil
        )
    }

    private static func table(_ items: [Item], _ visit: Visit) -> Table {
        Table(
            "Exports",
            [
                .init("Export", .grow), .init("Type"), .init("State"), .init("Frequency"),
                .init("Files", .number), .init("Last run"), .init("Next run", .moment),
            ],
            rows: items.map { item in
                let last: HTML =
                    item.last.map { row in
                        """
                        <a href="\(HistoryPage.path)/\(row.id)">\(Badge.status(row.text("status")))</a>\
                        <span class="second">\(visit.view.time(row.moment("date")))</span>
                        """
                    } ?? "<span class=\"none\">Never</span>"
                return [
                    "\(link(item.definition.name, "\(path)/\(item.row.id)"))<span class=\"second\">\(item.definition.pair.title)</span>",
                    ExportWords.badge(item.definition.pair), Badge.status(item.row.text("state")),
                    HTML(escaping: item.definition.frequency.capitalisedFirst),
                    HTML(escaping: TimeText.count(item.row.integer("last_seq") ?? 0)), last,
                    visit.view.time(item.next),
                ]
            },
            empty: Table.Empty(
                "No exports here",
                "An export writes a file every day with everything that is new since the one before; a full export writes everything there is.",
                visit.may(.manage) ? link("Make an export", "\(path)/new") : nil
            )
        )
    }
}

/// Export types in words and colours.
enum ExportWords {
    static func badge(_ pair: ExportPair) -> HTML {
        let group = pair.facts.exportType.group
        let label =
            switch group {
            case .profile: "Profiles"
            case .customTable: "Custom table"
            case .campaign: "Campaigns"
            }
        return Badge.status(group.rawValue, label)
    }

    /// The next runs of an export, or its only one.
    static func nextRuns(_ definition: ExportDefinition, _ visit: Visit) -> any Part {
        guard definition.once != nil else { return NextRuns.part(definition.recurrence, visit) }
        return "<p class=\"note\">\(definition.frequency.capitalisedFirst)</p>" as HTML
    }
}

extension FormPart {
    /// The same form with a value that goes along.
    func keeping(_ name: String, _ value: String) -> FormPart {
        var copy = self
        if !value.isEmpty { copy.hidden.append((name, value)) }
        return copy
    }
}
