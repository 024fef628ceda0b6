// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Campaigns
import Common
import Database
import Files
import Imports

extension ImportWizard {
    /// The page of a step.
    func page(_ step: Int, _ errors: FormErrors = .none) async throws -> Page {
        var page = Page(
            draft.id == nil ? "New automated import" : "Edit \(draft.name)",
            .imports,
            lead: ImportWizard.leads[step - 1]
        )
        page.crumbs = [("Imports", "/console/imports")]
        var form = try await form(step)
        form.hidden = [("draft", draft.handedOn), ("step", "\(step)")]
        form.cancel = "/console/imports"
        if step > 1 { form.others.append(.init(name: "go", value: "back", label: "Back")) }
        page.parts = [
            WizardSteps(ImportWizard.steps, current: step),
            Section(ImportWizard.steps[step - 1], [form.showing(errors)]),
        ]
        if step == 3, let recurrence = try? draft.schedule.recurrence(now: visit.now) {
            page.parts.append(Section("The next five runs", [NextRuns.part(recurrence, visit)]))
        }
        return page
    }

    private static let leads = [
        "Where the file comes from, and into which table it goes.",
        "Which column fills which attribute. Nothing is imported yet.",
        "When it runs by itself.",
        "A campaign that goes to exactly the people of each run.",
        "Everything at a glance. Nothing has been stored until now.",
    ]

    private func form(_ step: Int) async throws -> FormPart {
        switch step {
        case 1: try await source()
        case 2: try await mapping()
        case 3: scheduleForm()
        case 4: try await trigger()
        default: try await summary()
        }
    }

    private func source() async throws -> FormPart {
        let (locations, tables) = try await visit.read { connection in
            (
                try visit.services.rooms.locations.list(visit.workspace, in: connection),
                try ProfileTableStore(visit.workspace).all(in: connection)
            )
        }
        return FormPart(
            ImportWizard.place,
            submit: "Next: Mapping",
            [
                FormPart.Group([
                    Field.text("name", "Name", draft.name).hinted(
                        "Unique, such as \"nightly customers\"."
                    ),
                    .select(
                        "table",
                        "Profile table",
                        draft.table,
                        tables.map { .init($0.name, $0.displayName) }
                    ),
                ]),
                FormPart.Group(
                    "The file",
                    [
                        .select(
                            "location",
                            "Location",
                            draft.location,
                            locations.map { .init($0.name) }
                        ),
                        Field.text("folder", "Folder", draft.folder).optional
                            .hinted("Within the location; empty for its top."),
                        .radio(
                            "matchBy",
                            "Which file",
                            draft.matches,
                            [
                                .init("exact", "The file with this name"),
                                .init(
                                    "expression",
                                    "Files whose whole name fits this regular expression"
                                ),
                            ]
                        ),
                        Field.text("file", "File name or expression", draft.file)
                            .hinted("people.csv, or people_\\d{8}\\.csv(\\.gz)?"),
                        .select(
                            "choice",
                            "When several fit",
                            draft.choice,
                            [
                                .init("newest", "The newest one"),
                                .init("allOldestFirst", "All, oldest first, each its own run"),
                            ]
                        ),
                    ]
                ),
                FormPart.Group(
                    "Format and what happens afterwards",
                    note: "What is left open is detected from the file itself.",
                    [
                        .select("delimiter", "Delimiter", draft.delimiter, ImportWizard.delimiters)
                            .sized("narrow"),
                        .select("encoding", "Encoding", draft.encoding, ImportWizard.encodings)
                            .sized("narrow"),
                        .select(
                            "aftermath",
                            "Afterwards the file",
                            draft.aftermath,
                            [
                                .init("leave", "Stays where it is"),
                                .init("move", "Is moved to processed/"),
                                .init("delete", "Is deleted"),
                            ]
                        ).sized("narrow"),
                        Field.text(
                            "stablePause",
                            "Ready when unchanged for, in seconds",
                            "\(draft.stablePause)",
                            "number"
                        )
                        .hinted(
                            "Or at once, when a file with .done behind its name lies beside it."
                        ),
                        Field.check(
                            "skipsKnownFiles",
                            "Skip a file that was imported before, whatever its name",
                            draft.skipsKnownFiles
                        ),
                    ]
                ),
            ]
        )
    }

    static let delimiters: [Field.Option] = [
        .init("", "Detected"), .init(",", "Comma"), .init(";", "Semicolon"), .init("\t", "Tab"),
        .init("|", "Pipe"),
    ]

    static let encodings: [Field.Option] = [
        .init("", "Detected"), .init("utf8", "UTF-8"),
        .init("utf16LittleEndian", "UTF-16, little endian"),
        .init("utf16BigEndian", "UTF-16, big endian"), .init("windows1252", "Windows-1252"),
        .init("iso8859_1", "ISO 8859-1"),
    ]

    private func mapping() async throws -> FormPart {
        let table = draft.table
        let offer = try await visit.read { connection in
            try MappingOffer.read(table, visit.workspace, connection)
        }
        var form = FormPart(
            ImportWizard.place,
            submit: "Next: Schedule",
            [
                MappingFields.group(
                    draft.identifier,
                    draft.mayResubscribe,
                    draft.valueSeparator,
                    offer
                )
            ]
        )
        form.others = [.init(name: "go", value: "refresh", label: "Refresh schema")]
        form.extra =
            draft.header.isEmpty
            ? Notice(
                .warning,
                """
                The file could not be read yet, so there are no columns to map. Put it into the \
                location and refresh the schema; or go on: then each run maps the columns by their names.
                """
            ).html(visit.view)
            : MappingForm.table(
                draft.mapping ?? [],
                sample: draft.sample,
                offer: offer,
                view: visit.view
            )
        return form
    }

    private func scheduleForm() -> FormPart {
        var form = FormPart(
            ImportWizard.place,
            submit: "Next: Trigger",
            [
                FormPart.Group(draft.schedule.fields(allowsByHand: true)),
                FormPart.Group(
                    "Feed watch",
                    [
                        Field.text(
                            "deadline",
                            "Raise an alert when no file has come by",
                            draft.deadline,
                            "time"
                        )
                        .optional.sized("narrow")
                    ]
                ),
            ]
        )
        form.others = [.init(name: "go", value: "show", label: "Show the next five runs")]
        return form
    }
}
