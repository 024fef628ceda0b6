// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Common
import Database
import Exports
import Files

/// The five steps of an export: general, data, format, transfer, summary.
struct ExportWizard: Sendable {
    static let steps = ["General", "Data", "Format", "Transfer", "Summary"]
    static let place = "/console/exports/wizard"

    static let routes: [Route] = [
        .get("exports/new", .manage) { visit in
            let kind = ExportKind(rawValue: visit.query.text("kind")) ?? .incremental
            let draft = ExportDraft(zone: visit.zone, kind)
            return try await .page(ExportWizard(visit, draft).page(1))
        },
        .get("exports/:id/edit", .manage) { visit in
            let id = ExportID(try visit.id())
            let record = try await visit.read { try visit.exports.export(id, in: $0) }
            return try await .page(ExportWizard(visit, ExportDraft(record)).page(1))
        },
        .post("exports/wizard") { visit, form in try await step(visit, form) },
    ]

    let visit: Visit
    var draft: ExportDraft

    init(_ visit: Visit, _ draft: ExportDraft) {
        (self.visit, self.draft) = (visit, draft)
    }

    private static func step(_ visit: Visit, _ form: Form) async throws -> Reply {
        let draft = try ExportDraft(handedOn: form.raw("draft"))
        let wizard = ExportWizard(visit, draft)
        let at = min(5, max(1, Int(form.text("step")) ?? 1))
        let taken = wizard.taking(form, at: at)
        do {
            return try await taken.take(form, at: at)
        } catch let errors as FormErrors {
            return .page(try await taken.page(at, errors).status(422))
        } catch {
            guard let refusal = Refusal(error), refusal.status != 503 else { throw error }
            let shown = FormErrors(refusal.sentence.capitalisedFirst + ".")
            return .page(try await taken.page(at, shown).status(422))
        }
    }

    private func take(_ form: Form, at step: Int) async throws -> Reply {
        var next = self
        switch form.text("go") {
        case "back": return .page(try await next.page(max(1, step - 1)))
        case "none", "all":
            for index in next.draft.columns.indices {
                next.draft.columns[index].isOn = form.text("go") == "all"
            }
            return .page(try await next.page(step))
        case "show": return .page(try await next.page(step))
        case "save", "activate": return try await save(isActive: form.text("go") == "activate")
        default:
            try await check(step)
            return .page(try await next.page(min(5, step + 1)))
        }
    }

    /// What must be right before a step can be left.
    private func check(_ step: Int) async throws {
        switch step {
        case 1:
            guard !draft.name.isEmpty else {
                throw FormErrors(fields: ["name": "Give the export a name."])
            }
            guard !draft.filterIsOn || !draft.sources.isEmpty else {
                throw FormErrors(fields: ["sources": "Tick at least one source."])
            }
            try visit.limit.check(draft.entity.map { EntityID($0) })
            try await checkSearch()
            _ = try await offer()
        case 2:
            guard draft.columns.isEmpty || draft.columns.contains(where: \.isOn) else {
                throw FormErrors("Choose at least one column.")
            }
            _ = try await plan()
        case 4:
            guard !draft.fileName.isEmpty else {
                throw FormErrors(fields: ["fileName": "Give the file a name."])
            }
            _ = try draft.definition(now: visit.now)
        default: break
        }
    }

    private func checkSearch() async throws {
        guard draft.pair == .profileFull, draft.search != 0 else { return }
        let search = try await visit.read { [draft] connection in
            try SearchStore(visit.workspace, visit.services.rooms.searches)
                .search(SearchID(draft.search), in: connection)
        }
        guard search.table.value == draft.table else {
            throw FormErrors(fields: ["search": "This search is over another profile table."])
        }
    }

    /// The columns that the type offers.
    func offer() async throws -> [AvailableColumn] {
        var definition = try draft.definition(now: visit.now)
        definition.columns = nil
        return try await visit.read { [definition] connection in
            try visit.exports.offer(for: definition, in: connection).columns
        }
    }

    /// The columns as they will stand in the file.
    func plan() async throws -> ColumnPlan {
        var draft = draft
        if draft.fileName.isEmpty { draft.fileName = draft.name }
        let definition = try draft.definition(now: visit.now)
        return try await visit.read { connection in
            try visit.exports.columns(of: definition, in: connection)
        }
    }

    private func save(isActive: Bool) async throws -> Reply {
        let definition = try draft.definition(now: visit.now)
        try visit.limit.check(definition.entity)
        let draft = draft
        let id = try await visit.write { transaction, context in
            let store = visit.exports
            let record =
                try draft.id.map {
                    try store.update(ExportID($0), definition, by: context, in: transaction)
                } ?? store.create(definition, by: context, in: transaction)
            if isActive, record.state != .active {
                try store.activate(record.id, by: context, in: transaction)
            }
            try AuditLog(visit.workspace).record(
                draft.id == nil ? "export.create" : "export.update",
                subject: "export \(record.id)",
                details: ["name": definition.name],
                by: context,
                in: transaction
            )
            return record.id
        }
        return .redirect(
            "\(ExportsPage.path)/\(id)",
            notice: isActive ? "Saved, and active." : "Saved as a draft."
        )
    }
}

extension Visit {
    /// The exports of the workspace.
    var exports: ExportStore { ExportStore(workspace, locations: services.rooms.locations) }
}
