// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Exports
import Files
import Tasks

/// One export and its executions.
enum ExportPage {
    static let routes: [Route] = [
        .get("exports/:id") { try await .page(show($0)) },
        .post("exports/:id/run") { visit, _ in
            let id = ExportID(try visit.id())
            let task = try await visit.change("export.run", of: "export \(id)") {
                transaction,
                context in
                try visit.exports.runNow(id, by: context, in: transaction)
            }
            guard let task else {
                return .redirect("\(ExportsPage.path)/\(id)", notice: "It runs already.")
            }
            return .redirect("\(HistoryPage.path)/\(task)", notice: "The execution is started.")
        },
        .post("exports/:id/activate") { visit, _ in
            try await set(visit, "export.activate", "It is active.") {
                store,
                id,
                context,
                transaction in
                try store.activate(id, by: context, in: transaction)
            }
        },
        .post("exports/:id/pause") { visit, _ in
            let words = "It rests. The next execution covers what is missed."
            return try await set(visit, "export.pause", words) { store, id, context, transaction in
                try store.pause(id, by: context, in: transaction)
            }
        },
        .post("exports/:id/delete") { visit, _ in
            let id = ExportID(try visit.id())
            try await visit.change("export.delete", of: "export \(id)") { transaction, context in
                try visit.exports.delete(id, by: context, in: transaction)
            }
            return .redirect(ExportsPage.path, notice: "The export is deleted.")
        },
    ]

    private static func show(_ visit: Visit) async throws -> Page {
        let id = ExportID(try visit.id())
        let (record, runs, preview) = try await visit.read { connection in
            let record = try visit.exports.export(id, in: connection)
            return (
                record, try visit.exports.runs(of: id, limit: 50, in: connection),
                try? ExportPreview(
                    of: record.definition,
                    in: visit.exports,
                    at: visit.now,
                    connection: connection
                )
            )
        }
        let definition = record.definition
        var page = Page(definition.name, .exports, lead: definition.pair.title)
        page.crumbs = [("Exports", ExportsPage.path)]
        page.actions = [Badge.status(record.state.rawValue)] + actions(record, visit)
        page.parts = [
            executions(runs, id, visit),
            Columns(
                Section("How it works", [facts(record, visit)]),
                Section(
                    record.state == .active ? "The next five runs" : "When it would run",
                    [ExportWords.nextRuns(definition, visit)]
                )
            ),
        ]
        if let preview { page.parts.append(ExportPreviewPart.section(preview)) }
        return page
    }

    private static func actions(_ record: ExportRecord, _ visit: Visit) -> [any Part] {
        guard visit.may(.manage) else { return [] }
        let place = "\(ExportsPage.path)/\(record.id)"
        var actions: [any Part] = []
        if record.state == .active {
            actions.append(Button("Run now", "\(place)/run", "primary"))
            actions.append(Button("Pause", "\(place)/pause"))
        } else if record.state != .completed {
            actions.append(Button("Activate", "\(place)/activate", "primary"))
        }
        actions.append(LinkButton("Edit", "\(place)/edit"))
        actions.append(
            Button(
                "Delete",
                "\(place)/delete",
                "danger",
                asking:
                    "No file is written any more, and its chain of files ends. Files at their location stay.",
                submit: "Delete this export"
            )
        )
        return actions
    }

    private static func executions(_ runs: [ExportRun], _ id: ExportID, _ visit: Visit) -> Section {
        Section(
            "Executions",
            [
                Table(
                    "Executions",
                    [
                        .init("No.", .number), .init("File", .grow), .init("State"),
                        .init("Rows", .number), .init("Size", .number),
                        .init("Window until", .moment),
                        .init("Options", .actions),
                    ],
                    rows: runs.map { run in
                        let place = "\(ExportsPage.path)/\(id)/runs/\(run.seq)"
                        let download: HTML =
                            run.isFileKept && run.sealed != nil
                            ? "<a class=\"plain button\" href=\"\(place)/file\">Download<span class=\"unseen\"> \(run.fileName)</span></a>"
                            : ""
                        return [
                            HTML(escaping: "\(run.seq)"), link(run.fileName, place),
                            Badge.status(run.state.rawValue),
                            HTML(escaping: run.sealed.map { TimeText.count($0.rows) } ?? ""),
                            HTML(
                                escaping: run.sealed.map { TimeText.bytes($0.packed.file.bytes) }
                                    ?? ""
                            ),
                            visit.view.time(run.plan.window.to.moment), download,
                        ]
                    },
                    empty: Table.Empty(
                        "No file yet",
                        "Run now writes the first one at once, if the export is active."
                    )
                )
            ]
        ).beside(LinkButton("All tasks", "\(HistoryPage.path)?export=\(id)"))
    }

    private static func facts(_ record: ExportRecord, _ visit: Visit) -> Facts {
        let definition = record.definition
        return Facts([
            ("Type", ExportWords.badge(definition.pair)),
            ("Runs", HTML(escaping: definition.frequency)),
            ("File", "<code>\(definition.transfer.fileName)\(definition.transfer.suffix)</code>"),
            ("Compression", HTML(escaping: definition.transfer.compression.rawValue)),
            ("Cut-off", visit.view.time(record.cutOff?.moment)),
            (
                "Columns",
                HTML(
                    escaping: definition.columns.map { "\($0.count) chosen" } ?? "all main columns"
                )
            ),
            (
                "When nothing is new",
                definition.emptyWindow == .headerOnly ? "a file with the header alone" : "no file"
            ),
            (
                "Reports",
                HTML(
                    escaping: definition.reportRecipients.isEmpty
                        ? "to nobody" : definition.reportRecipients.joined(separator: ", ")
                )
            ),
            ("Created", visit.view.time(record.createdAt)),
            ("Created by", HTML(escaping: record.createdBy)),
        ])
    }

    private static func set(
        _ visit: Visit,
        _ action: String,
        _ notice: String,
        _ body: @escaping @Sendable (ExportStore, ExportID, Context, Transaction) throws -> Void
    ) async throws -> Reply {
        let id = ExportID(try visit.id())
        try await visit.change(action, of: "export \(id)") { transaction, context in
            try body(visit.exports, id, context, transaction)
        }
        return .redirect("\(ExportsPage.path)/\(id)", notice: notice)
    }
}
