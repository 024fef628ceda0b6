// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Common
import Database
import Exports
import Files

extension ExportWizard {
    /// The page of a step.
    func page(_ step: Int, _ errors: FormErrors = .none) async throws -> Page {
        var page = Page(
            draft.id == nil
                ? draft.pair.isFull ? "New full export" : "New export" : "Edit \(draft.name)",
            .exports,
            lead: ExportWizard.leads[step - 1]
        )
        page.crumbs = [("Exports", ExportsPage.path)]
        var shown = self
        if step == 2 { try await shown.offerColumns() }
        var form = try await shown.form(step)
        form.hidden = [("draft", shown.draft.handedOn), ("step", "\(step)")]
        form.cancel = ExportsPage.path
        if step > 1 { form.others.append(.init(name: "go", value: "back", label: "Back")) }
        page.parts = [
            WizardSteps(ExportWizard.steps, current: step),
            Section(ExportWizard.steps[step - 1], [form.showing(errors)]),
        ]
        if step == 3 || step == 5 { page.parts.append(try await preview()) }
        if step == 4, let definition = try? draft.definition(now: visit.now) {
            page.parts.append(
                Section("The next five runs", [ExportWords.nextRuns(definition, visit)])
            )
        }
        return page
    }

    private static let leads = [
        "What is exported. The type decides which columns there are.",
        "Which columns, in which order, under which names.",
        "How values are written, with ten real lines.",
        "Where the file goes, and when.",
        "Everything at a glance. Nothing has been stored until now.",
    ]

    /// What was chosen first, then what else there is.
    private mutating func offerColumns() async throws {
        let offer = try await offer()
        let isFresh = draft.columns.isEmpty
        let known = Set(draft.columns.map(\.key))
        draft.columns = draft.columns.filter { column in offer.contains { $0.key == column.key } }
        draft.columns += offer.filter { !known.contains($0.key) }.map {
            ExportDraft.Column(key: $0.key, header: "", isOn: isFresh && $0.isMain)
        }
    }

    private func form(_ step: Int) async throws -> FormPart {
        switch step {
        case 1: try await general()
        case 2: try await data()
        case 3: try await formats()
        case 4: try await transfer()
        default: try await summary()
        }
    }

    private func data() async throws -> FormPart {
        let offer = try await offer()
        let rows = draft.columns.enumerated().map { index, column -> [HTML] in
            let known = offer.first { $0.key == column.key }
            let mark: HTML = column.isOn ? " checked" : ""
            return [
                """
                <input type="hidden" name="key" value="\(column.key)">\
                <label class="choice"><input type="checkbox" name="on-\(index)" value="yes"\(mark)>\
                <span>\(known?.label ?? column.key)</span></label>
                """,
                "<code>\(known?.header ?? column.key)</code>",
                """
                <input type="text" name="header-\(index)" value="\(column.header)" \
                aria-label="Header of \(known?.label ?? column.key)">
                """,
                """
                <input type="number" name="place-\(index)" value="\(index + 1)" min="1" \
                aria-label="Place of \(known?.label ?? column.key)">
                """,
            ]
        }
        var form = FormPart(ExportWizard.place, submit: "Next: Format", [])
        if draft.pair.facts.layout == .table {
            form.groups = [
                FormPart.Group([
                    .select(
                        "subscriptions",
                        "Subscriptions are shown as",
                        draft.subscriptions.rawValue,
                        [
                            .init("booleans", "A yes-or-no column for each list"),
                            .init("oneColumn", "One column with the names"),
                        ]
                    )
                ])
            ]
        }
        form.others = [
            .init(name: "go", value: "none", label: "Unselect all"),
            .init(name: "go", value: "all", label: "Select all"),
            .init(name: "go", value: "show", label: "Put in order"),
        ]
        form.extra = Table(
            "Columns",
            [
                .init("Column", .grow), .init("Name in the file"), .init("Another name"),
                .init("Place"),
            ],
            rows: rows,
            empty: Table.Empty("No columns", "")
        ).html(visit.view)
        return form
    }

    private func formats() async throws -> FormPart {
        let used = try await plan().formattedColumns
        let formats = draft.formats
        func named(_ type: ExportValueType) -> HTML {
            "For \((used[type] ?? []).joined(separator: ", "))."
        }
        func choice(
            _ name: String,
            _ label: String,
            _ value: String,
            _ all: [String],
            _ type: ExportValueType
        ) -> [Field] {
            guard used[type] != nil else { return [] }
            return [Field.select(name, label, value, all.map { .init($0) }).hinted(named(type))]
        }
        var fields = choice(
            "booleans",
            "Yes and no",
            formats.booleans.rawValue,
            BooleanFormat.allCases.map(\.rawValue),
            .boolean
        )
        fields += choice(
            "dates",
            "Dates",
            formats.dates.rawValue,
            DateFormat.allCases.map(\.rawValue),
            .date
        )
        fields += choice(
            "moments",
            "Moments",
            formats.moments.rawValue,
            MomentFormat.allCases.map(\.rawValue),
            .moment
        )
        if used[.several] != nil {
            fields.append(
                Field.select(
                    "several",
                    "Between several values",
                    formats.severalSeparator.rawValue,
                    [
                        .init(",", "Comma"), .init("|", "Pipe"), .init(";", "Semicolon"),
                        .init(" ", "Space"),
                    ]
                ).hinted(named(.several))
            )
        }
        fields.append(
            .select(
                "delimiter",
                "Between columns",
                formats.delimiter.rawValue,
                Delimiter.allCases.map { .init($0.rawValue, $0.rawValue.capitalisedFirst) }
            )
        )
        fields.append(
            Field.check(
                "neutralizes",
                "Make cells harmless that a spreadsheet would run as a formula",
                formats.neutralizesFormulas
            )
        )
        var form = FormPart(ExportWizard.place, submit: "Next: Transfer", FormPart.Group(fields))
        form.others = [.init(name: "go", value: "show", label: "Preview")]
        return form
    }
}
