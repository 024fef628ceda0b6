// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Common
import Database
import Files
import Imports
import Tasks

/// Uploading a file of profiles: the file, its mapping, and off it goes.
enum UploadPages {
    private static let place = "/console/imports/upload"

    static let routes: [Route] = [
        .get("imports/upload", .manage) { try await .page(form($0)) },
        .upload("imports/upload") { visit, body in try await take(visit, body) },
        .post("imports/upload/start") { visit, form in try await start(visit, form) },
        .get("tasks/:id/replay", .manage) { try await .page(replayForm($0)) },
        .upload("tasks/:id/replay") { visit, body in try await replay(visit, body) },
    ]

    private static func form(_ visit: Visit, _ errors: FormErrors = .none) async throws -> Page {
        let tables = try await visit.read { connection in
            try ProfileTableStore(visit.workspace).all(in: connection)
        }
        var page = Page(
            "Upload a file",
            .imports,
            lead: "A CSV with a header, plain, .gz or .zip, of any size."
        )
        page.crumbs = [("Imports", ImportsPage.path)]
        var form = FormPart(
            place,
            submit: "Next: Mapping",
            cancel: ImportsPage.path,
            [
                FormPart.Group([
                    .select(
                        "table",
                        "Profile table",
                        "profiles",
                        tables.map { .init($0.name, $0.displayName) }
                    ),
                    .select("delimiter", "Delimiter", "", ImportWizard.delimiters).sized("narrow"),
                    .select("encoding", "Encoding", "", ImportWizard.encodings).sized("narrow"),
                    Field.text("file", "File", nil, "file").sized("wide").accepting(
                        ".csv,.txt,.gz,.zip"
                    ),
                ])
            ]
        )
        form.isUpload = true
        page.parts = [
            WizardSteps(["File", "Mapping", "Import"], current: 1),
            Section(nil, [form.showing(errors)]),
        ]
        return errors.isEmpty ? page : page.status(422)
    }

    private static func take(_ visit: Visit, _ body: Multipart) async throws -> Reply {
        let upload = SpooledUpload(visit)
        let sent = try await upload.receive(body)
        guard let file = try await upload.finish() else {
            return .page(try await form(visit, FormErrors(fields: ["file": "Choose a file."])))
        }
        var draft = UploadDraft(file: file, name: upload.fileName)
        draft.plan.table = sent.text("table")
        draft.plan.format = FileFormat(
            delimiter: sent.raw("delimiter").isEmpty ? nil : sent.raw("delimiter"),
            encoding: sent.filled("encoding")
        )
        do {
            return .page(try await mapping(visit, draft))
        } catch {
            guard let refusal = Refusal(error), refusal.status != 503 else { throw error }
            try visit.services.rooms.spool.remove(file)
            let words = refusal.sentence.capitalisedFirst + "."
            return .page(try await form(visit, FormErrors(fields: ["file": words])))
        }
    }

    private static func mapping(
        _ visit: Visit,
        _ given: UploadDraft,
        _ errors: FormErrors = .none
    ) async throws -> Page {
        var draft = given
        let rooms = visit.services.rooms
        let (file, plan, workspace) = (draft.file, draft.plan, visit.workspace)
        let preview = try await visit.database.blocking {
            try rooms.spool.withLocalPath(of: file) { path in
                try ImportPreview.read(
                    path: path,
                    plan: plan,
                    workspace: workspace,
                    database: rooms.database
                )
            }
        }
        draft.plan.mapping = preview.mapping
        let offer = try await visit.read { connection in
            try MappingOffer.read(plan.table, workspace, connection)
        }
        var page = Page("Map the columns", .imports, lead: draft.name)
        page.crumbs = [("Imports", ImportsPage.path), ("Upload a file", place)]
        var form = FormPart(
            "\(place)/start",
            submit: "Import the file",
            cancel: place,
            [
                MappingFields.group(
                    plan.identifiers.joined(separator: ","),
                    plan.mayResubscribe,
                    plan.valueSeparator,
                    offer
                )
            ]
        )
        form.hidden = [("draft", draft.handedOn)]
        form.others = [.init(name: "go", value: "check", label: "Check only, write nothing")]
        form.extra = MappingForm.table(
            preview.mapping,
            sample: preview.sample,
            offer: offer,
            view: visit.view
        )
        page.parts = [
            WizardSteps(["File", "Mapping", "Import"], current: 2),
            Section(nil, [form.showing(errors)]),
        ]
        return errors.isEmpty ? page : page.status(422)
    }

    private static func start(_ visit: Visit, _ form: Form) async throws -> Reply {
        var draft = try UploadDraft(handedOn: form.raw("draft"), visit)
        let header = draft.plan.mapping?.map(\.header) ?? []
        draft.plan.mapping = MappingForm.read(form, header: header)
        draft.plan.identifiers = form.filled("identifier").map { [$0] } ?? []
        draft.plan.mayResubscribe = form.isOn("mayResubscribe")
        draft.plan.valueSeparator = form.filled("valueSeparator") ?? ","
        guard draft.plan.mapping?.contains(where: { $0.target != .ignored }) ?? false else {
            return .page(
                try await mapping(
                    visit,
                    draft,
                    FormErrors("Map at least one column, or nothing would be imported.")
                )
            )
        }
        let isCheck = form.text("go") == "check"
        let upload = draft
        let task = try await visit.change("import.upload", of: { (id: TaskID) in "task \(id)" }) {
            transaction,
            _ in
            try ImportStarter(visit.workspace).upload(
                upload.file,
                name: upload.name,
                plan: upload.plan,
                isDryRun: isCheck,
                by: visit.context(transaction, .manualImport),
                in: transaction
            )
        }
        return .redirect(
            "\(HistoryPage.path)/\(task)",
            notice: isCheck ? "The file is checked; nothing is written." : "The import is started."
        )
    }
}
