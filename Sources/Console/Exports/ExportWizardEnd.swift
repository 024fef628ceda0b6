// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Common
import Database
import Exports
import Files

extension ExportWizard {
    func transfer() async throws -> FormPart {
        let locations = try await visit.read { connection in
            try visit.services.rooms.locations.list(visit.workspace, in: connection)
        }
        var form = FormPart(
            ExportWizard.place,
            submit: "Next: Summary",
            [
                FormPart.Group(
                    "The file",
                    note: "<code>$yyyyMMdd</code> and the like become the date of the execution.",
                    [
                        .select(
                            "location",
                            "Location",
                            "\(draft.location)",
                            locations.map { .init("\($0.id)", $0.name) }
                        ),
                        Field.select(
                            "compression",
                            "Compression",
                            draft.compression.rawValue,
                            Compression.allCases.map {
                                .init($0.rawValue, $0 == .none ? "None" : $0.rawValue)
                            }
                        ),
                        Field.text("fileName", "File name", draft.fileName).hinted("Without .csv."),
                        Field.text("fileSuffix", "Suffix", draft.fileSuffix).optional,
                        Field.text(
                            "innerFileName",
                            "Name of the file inside the archive",
                            draft.innerFileName
                        ).optional,
                        .select(
                            "emptyWindow",
                            "When nothing is new",
                            draft.emptyWindow.rawValue,
                            [
                                .init("headerOnly", "A file with the header alone"),
                                .init("noFile", "No file"),
                            ]
                        ),
                    ]
                ),
                FormPart.Group(
                    "When",
                    (draft.pair.isFull ? draft.once.fields : [])
                        + draft.schedule.fields(allowsByHand: false)
                ),
                FormPart.Group(
                    draft.pair.isFull ? "Reports" : "The first file, and reports",
                    (draft.pair.isFull ? [] : firstRunFields) + [
                        Field.area(
                            "recipients",
                            "Reports by e-mail go to",
                            draft.recipients,
                            rows: 2
                        ).optional
                            .hinted("An address a line; at every execution, good or bad.")
                    ]
                ),
            ]
        )
        form.others = [.init(name: "go", value: "show", label: "Show the next five runs")]
        return form
    }

    private var firstRunFields: [Field] {
        [
            .select(
                "firstRun",
                "The first file begins",
                draft.firstRun,
                [
                    .init("dayBefore", "24 hours before the first run"),
                    .init("from", "On a day"),
                    .init("everything", "With everything there is"),
                ]
            ), Field.text("firstDay", "That day", draft.firstDay, "date").optional,
        ]
    }

    func summary() async throws -> FormPart {
        let definition = try draft.definition(now: visit.now)
        let (target, location) = try await visit.read { connection in
            (
                try ExportTargetFacts(definition, visit).items(in: connection),
                try visit.services.rooms.locations
                    .find(definition.transfer.location, visit.workspace, in: connection)
            )
        }
        let plan = try await plan()
        func section(_ title: String, _ items: [(label: String, value: HTML)]) -> HTML {
            "<h3>\(title)</h3>\(Facts(items).html(visit.view))"
        }
        var form = FormPart(ExportWizard.place, submit: "Save and activate", [])
        form.submitName = ("go", "activate")
        form.others = [.init(name: "go", value: "save", label: "Save as a draft")]
        form.extra =
            section(
                "General data",
                [
                    ("Name", HTML(escaping: definition.name)),
                    ("Type", "\(ExportWords.badge(definition.pair)) \(definition.pair.title)"),
                ]
            ) + section("Target group", target)
            + section("Data", [("Columns", HTML(escaping: plan.headers.joined(separator: ", ")))])
            + section(
                "Parameters",
                [
                    ("Location", HTML(escaping: location.name)),
                    (
                        "File",
                        "<code>\(definition.transfer.fileName)\(definition.transfer.suffix).csv</code>"
                    ),
                    ("Compression", HTML(escaping: definition.transfer.compression.rawValue)),
                    ("Schedule", HTML(escaping: definition.frequency)),
                    (
                        "Reports",
                        HTML(
                            escaping: definition.reportRecipients.isEmpty
                                ? "to nobody" : definition.reportRecipients.joined(separator: ", ")
                        )
                    ),
                ]
            )
        return form
    }

    /// Ten lines as they would stand in the file.
    func preview() async throws -> Section {
        var draft = draft
        if draft.fileName.isEmpty { draft.fileName = draft.name }
        let definition = try draft.definition(now: visit.now)
        let preview = try await visit.read { connection in
            try ExportPreview(
                of: definition,
                in: visit.exports,
                at: visit.now,
                connection: connection
            )
        }
        return ExportPreviewPart.section(preview)
    }
}

/// The preview of an export.
enum ExportPreviewPart {
    static func section(_ preview: ExportPreview) -> Section {
        var table = Table(
            "The first lines",
            preview.headers.map { .init($0) },
            rows: preview.rows.map { $0.map { HTML(escaping: $0) } },
            empty: Table.Empty(
                "No rows yet",
                "As soon as something changes, up to ten of the newest rows stand here."
            )
        )
        table.isPlain = true
        return Section(
            "Preview",
            note: "Up to \(ExportPreview.rowCount) of the newest rows, whatever their window.",
            [SampleTable(table: table)]
        )
    }
}

/// A table of cells that are cut off where they are long.
struct SampleTable: Part {
    var table: Table

    func html(_ view: View) -> HTML { "<div class=\"sample\">\(table.html(view))</div>" }
}
