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
            try await .page(edit(visit))
        },
        .post("imports/wizard") { visit, form in try await step(visit, form) },
    ]

    private static func edit(_ visit: Visit) async throws -> Page {
        let id = ImportID(try visit.id())
        let (automated, binding) = try await visit.read { connection in
            (
                try AutomatedImportStore(visit.workspace).find(id, in: connection),
                try ImportBindingStore(visit.workspace).binding(of: id, in: connection)
            )
        }
        guard let refusal = refusal(of: automated.definition) else {
            let draft = ImportDraft(automated, binding, zone: visit.zone)
            return try await ImportWizard(visit, draft).page(1)
        }
        var page = Page("Edit \(automated.definition.name)", .imports)
        page.crumbs = [
            ("Imports", ImportsPage.path),
            (automated.definition.name, "\(ImportsPage.path)/\(id)"),
        ]
        page.parts = [Notice(.warning, "\(refusal.capitalisedFirst).")]
        return page.status(422)
    }

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
