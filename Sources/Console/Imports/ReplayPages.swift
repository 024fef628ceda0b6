// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Files
import Imports
import Tasks

extension UploadPages {
    static func replayForm(_ visit: Visit, _ errors: FormErrors = .none) async throws -> Page {
        let id = TaskID(try visit.id())
        let task = try await visit.read { try TaskStore(visit.workspace).task(id, in: $0) }
        var page = Page(
            "Import the corrected rows",
            .history,
            lead:
                "Into the same task: only rows that failed run, and its breakdown is brought up to date."
        )
        page.crumbs = [
            ("Task History", HistoryPage.path), (task.info, "\(HistoryPage.path)/\(id)"),
        ]
        var form = FormPart(
            "\(HistoryPage.path)/\(id)/replay",
            submit: "Import the corrected rows",
            cancel: "\(HistoryPage.path)/\(id)",
            [
                FormPart.Group([
                    Field.text("file", "The corrected file", nil, "file").sized("wide")
                        .accepting(".csv")
                        .hinted(
                            """
                            <a href="\(HistoryPage.path)/\(id.value)/rows.csv?only=failed">Download the failed rows</a>, \
                            correct them and leave the columns as they are.
                            """
                        )
                ])
            ]
        )
        form.isUpload = true
        page.parts = [Section(nil, [form.showing(errors)])]
        return errors.isEmpty ? page : page.status(422)
    }

    static func replay(_ visit: Visit, _ body: Multipart) async throws -> Reply {
        let id = TaskID(try visit.id())
        let upload = SpooledUpload(visit)
        _ = try await upload.receive(body)
        guard let file = try await upload.finish() else {
            return .page(
                try await replayForm(visit, FormErrors(fields: ["file": "Choose a file."]))
            )
        }
        let name = upload.fileName
        do {
            try await visit.change("import.replay", of: "task \(id)") { transaction, _ in
                let task = try TaskStore(visit.workspace).task(id, in: transaction)
                _ = try ImportStarter(visit.workspace).replay(
                    file,
                    name: name,
                    into: task,
                    by: visit.context(transaction, .manualImport),
                    in: transaction
                )
            }
        } catch {
            guard let refusal = Refusal(error), refusal.status != 503 else { throw error }
            try visit.services.rooms.spool.remove(file)
            let words = refusal.sentence.capitalisedFirst + "."
            return .page(try await replayForm(visit, FormErrors(fields: ["file": words])))
        }
        return .redirect(
            "\(HistoryPage.path)/\(id)",
            notice: "The corrected rows are being imported."
        )
    }
}

/// A file on its way into the spool; the form's token is checked before its first byte is kept.
final class SpooledUpload: @unchecked Sendable {
    // One thread at a time: the pieces of a body come one behind the other.
    private let visit: Visit
    private var writer: SpoolWriter?
    private(set) var fileName = ""

    init(_ visit: Visit) {
        self.visit = visit
    }

    /// Takes the body; returns the fields that stand before the file.
    func receive(_ body: Multipart) async throws -> Form {
        do {
            return try await body.read(
                onFile: { [self] fields, name in try await begin(fields, name) },
                onBytes: { [self] bytes in
                    try await visit.database.blocking { [self] in
                        try bytes.withUnsafeBytes { try writer?.write($0) }
                    }
                }
            )
        } catch {
            writer?.abandon()
            throw error
        }
    }

    /// The file in the spool; nil when none was chosen.
    func finish() async throws -> SpoolFile? {
        try await visit.database.blocking { [self] in try writer?.finish() }
    }

    private func begin(_ fields: Form, _ name: String) async throws {
        guard visit.session.accepts(formToken: fields.raw("form")) else { throw PageError.stale }
        // Browsers send an empty name when no file was chosen (RFC 7578, 4.2).
        guard let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last else {
            return
        }
        fileName = String(last.prefix(200))
        let spool = visit.services.rooms.spool
        let spoolName = "\(visit.workspace)-\(SystemRandomness().token())"
        writer = try await visit.database.blocking { try spool.create(.upload, name: spoolName) }
    }
}

/// An uploaded file between its form and its mapping.
struct UploadDraft: Codable, Sendable {
    var file: SpoolFile
    var name: String
    var plan = ImportPlan()

    init(file: SpoolFile, name: String) {
        (self.file, self.name) = (file, name)
    }

    /// Reads what the form handed on; only uploads of the person's own workspace count.
    init(handedOn text: String, _ visit: Visit) throws {
        guard let json = Cookies.decode(text),
            let draft = try? JSONText.decode(UploadDraft.self, from: json),
            draft.file.kind == .upload, draft.file.name.hasPrefix("\(visit.workspace)-")
        else { throw PageError.bad("the upload lost its thread; begin again") }
        self = draft
    }

    var handedOn: String { Cookies.encode((try? JSONText.encode(self)) ?? "") }
}
