// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Exports
import Files

/// One execution of an export: its file, and the manifest that proves it.
enum ExportRunPage {
    static let routes: [Route] = [
        .get("exports/:id/runs/:seq") { try await .page(show($0)) },
        .get("exports/:id/runs/:seq/file") { visit in
            let run = try await read(visit)
            guard let sealed = run.sealed, run.isFileKept else {
                throw PageError.notFound("file; it is no longer kept")
            }
            let file = try await TemporaryFile.spooled(sealed.packed.file, visit)
            return .file(name: run.fileName, mediaType: "application/octet-stream", file.body)
        },
        .get("exports/:id/runs/:seq/manifest") { visit in
            let run = try await read(visit)
            guard let manifest = run.manifest else { throw PageError.notFound("manifest") }
            return .file(
                name: run.fileName + Manifest.suffix,
                mediaType: "application/json",
                .bytes(Array(manifest.utf8))
            )
        },
        .post("exports/:id/runs/:seq/deliver") { visit, _ in try await deliver(visit) },
    ]

    private static func read(_ visit: Visit) async throws -> ExportRun {
        let (id, seq) = (ExportID(try visit.id()), try visit.id("seq"))
        return try await visit.read { try visit.exports.run(seq, of: id, in: $0) }
    }

    private static func show(_ visit: Visit) async throws -> Page {
        let run = try await read(visit)
        let place = "\(ExportsPage.path)/\(run.export)/runs/\(run.seq)"
        var page = Page(run.fileName, .exports, lead: "Execution \(run.seq)")
        page.crumbs = [
            ("Exports", ExportsPage.path),
            ("Export \(run.export)", "\(ExportsPage.path)/\(run.export)"),
        ]
        page.actions = [Badge.status(run.state.rawValue)]
        if run.isFileKept, run.sealed != nil {
            page.actions.append(LinkButton("Download the file", "\(place)/file", "primary"))
        }
        if run.manifest != nil {
            page.actions.append(LinkButton("Download the manifest", "\(place)/manifest"))
        }
        if run.isFileKept, run.state == .delivered, visit.may(.manage) {
            page.actions.append(
                Button(
                    "Deliver again",
                    "\(place)/deliver",
                    asking:
                        "The same file goes to its location once more: same window, name and hash. "
                        + "A receiver that goes by export and number takes it once.",
                    submit: "Deliver it again"
                )
            )
        }
        page.parts = [Section("The file", [facts(run, visit)])]
        if let manifest = run.manifest {
            page.parts.append(
                Section(
                    "Manifest",
                    note:
                        "millrace export verify checks a folder of these and names the first gap.",
                    ["<pre tabindex=\"0\">\(manifest)</pre>" as HTML]
                )
            )
        }
        return page
    }

    private static func facts(_ run: ExportRun, _ visit: Visit) -> Facts {
        let view = visit.view
        var items: [(label: String, value: HTML)] = [
            (
                "Window from",
                run.plan.isFull
                    ? "the beginning: a full export" : view.time(run.plan.window.from.moment)
            ),
            ("Window until", view.time(run.plan.window.to.moment)),
            ("Due", view.time(run.plan.dueAt)), ("Delivered", view.time(run.deliveredAt)),
            ("Task", link("Task \(run.task)", "\(HistoryPage.path)/\(run.task)")),
        ]
        if let sealed = run.sealed {
            items += [
                ("Rows", HTML(escaping: TimeText.count(sealed.rows))),
                ("Size", HTML(escaping: TimeText.bytes(sealed.packed.file.bytes))),
                ("SHA-256 of the file", "<code>\(sealed.packed.file.sha256)</code>"),
                ("SHA-256 of the content", "<code>\(sealed.packed.contentSHA256)</code>"),
                (
                    "Left out, campaign not active",
                    HTML(escaping: TimeText.count(sealed.leftOut.inactiveCampaigns))
                ),
                (
                    "Left out by the source filter",
                    HTML(escaping: TimeText.count(sealed.leftOut.sourceFilter))
                ),
            ]
        }
        return Facts(items)
    }

    private static func deliver(_ visit: Visit) async throws -> Reply {
        let (id, seq) = (ExportID(try visit.id()), try visit.id("seq"))
        let subject = "export \(id), execution \(seq)"
        let task = try await visit.change("export.deliverAgain", of: subject) {
            transaction,
            context in
            try visit.exports.deliverAgain(id, seq: seq, by: context, in: transaction)
        }
        guard let task else {
            return .redirect(
                "\(ExportsPage.path)/\(id)/runs/\(seq)",
                notice: "It is on its way already."
            )
        }
        return .redirect("\(HistoryPage.path)/\(task)", notice: "The file is delivered again.")
    }
}
