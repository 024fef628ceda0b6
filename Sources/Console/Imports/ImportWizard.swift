// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Campaigns
import Common
import Database
import Files
import Imports

/// The wizard of automated imports: source, mapping, schedule, trigger, summary.
///
/// Each step posts its fields and what the steps before have said; nothing is stored until the end.
struct ImportWizard: Sendable {
    let visit: Visit
    var draft: ImportDraft

    init(_ visit: Visit, _ draft: ImportDraft) {
        (self.visit, self.draft) = (visit, draft)
    }

    static let steps = ["Source", "Mapping", "Schedule", "Trigger", "Summary"]
    static let place = "/console/imports/wizard"

    static let routes: [Route] = [
        .get("imports/new", .manage) { visit in
            try await .page(ImportWizard(visit, ImportDraft(zone: visit.zone)).page(1))
        },
        .get("imports/:id/edit", .manage) { visit in
            let id = ImportID(try visit.id())
            let draft = try await visit.read { connection in
                ImportDraft(
                    try AutomatedImportStore(visit.workspace).find(id, in: connection),
                    try ImportBindingStore(visit.workspace).binding(of: id, in: connection),
                    zone: visit.zone
                )
            }
            return try await .page(ImportWizard(visit, draft).page(1))
        },
        .post("imports/wizard") { visit, form in try await step(visit, form) },
    ]

    static func step(_ visit: Visit, _ form: Form) async throws -> Reply {
        let draft = try ImportDraft(handedOn: form.raw("draft"))
        let wizard = ImportWizard(visit, draft)
        let at = min(5, max(1, Int(form.text("step")) ?? 1))
        do {
            return try await wizard.take(form, at: at)
        } catch let errors as FormErrors {
            return .page(try await wizard.taking(form, at: at).page(at, errors).status(422))
        } catch {
            guard let refusal = Refusal(error), refusal.status != 503 else { throw error }
            let shown = FormErrors(refusal.sentence.capitalisedFirst + ".")
            return .page(try await wizard.taking(form, at: at).page(at, shown).status(422))
        }
    }
}
