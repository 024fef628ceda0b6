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
    /// Takes what a step says, and goes where its button leads.
    func take(_ form: Form, at step: Int) async throws -> Reply {
        var next = taking(form, at: step)
        switch form.text("go") {
        case "back": return .page(try await next.page(max(1, step - 1)))
        case "refresh":
            try await next.refresh()
            return .page(try await next.page(step))
        case "show": return .page(try await next.page(step))
        case "save", "activate":
            return try await next.save(isActive: form.text("go") == "activate")
        default:
            try next.check(step)
            if step == 1, next.draft.header.isEmpty { try? await next.refresh() }
            return .page(try await next.page(min(5, step + 1)))
        }
    }

    /// The wizard with the fields of a step.
    func taking(_ form: Form, at step: Int) -> ImportWizard {
        var copy = self
        switch step {
        case 1:
            let source = [
                copy.draft.location, copy.draft.folder, copy.draft.file, copy.draft.table,
            ]
            copy.takeSource(form)
            let now = [copy.draft.location, copy.draft.folder, copy.draft.file, copy.draft.table]
            if source != now {
                (copy.draft.header, copy.draft.sample, copy.draft.mapping) = ([], [], nil)
            }
        case 2:
            copy.draft.mapping = MappingForm.read(form, header: copy.draft.header)
            copy.draft.identifier = form.text("identifier")
            copy.draft.mayResubscribe = form.isOn("mayResubscribe")
            copy.draft.valueSeparator = form.filled("valueSeparator") ?? ","
        case 3:
            copy.draft.schedule = ScheduleFields(form)
            copy.draft.deadline = form.text("deadline")
        case 4:
            copy.draft.campaign = form.number("campaign")
            copy.draft.triggerTime = form.text("triggerTime")
        default: break
        }
        return copy
    }

    private mutating func takeSource(_ form: Form) {
        draft.name = form.text("name")
        draft.location = form.text("location")
        draft.folder = form.text("folder")
        draft.matches = form.text("matchBy") == "expression" ? "expression" : "exact"
        draft.file = form.text("file")
        draft.choice = form.text("choice")
        draft.table = form.text("table")
        draft.delimiter = form.raw("delimiter")
        draft.encoding = form.text("encoding")
        draft.aftermath = form.text("aftermath")
        draft.skipsKnownFiles = form.isOn("skipsKnownFiles")
        draft.stablePause = form.number("stablePause") ?? 30
    }

    /// What must be right before a step can be left.
    private func check(_ step: Int) throws {
        var wrong: [String: String] = [:]
        switch step {
        case 1:
            if draft.name.isEmpty { wrong["name"] = "Give the import a name." }
            if draft.file.isEmpty { wrong["file"] = "Say which file it takes." }
            if wrong.isEmpty { _ = try fileSelector() }
        case 2:
            let isMapped = draft.mapping?.contains { $0.target != .ignored } ?? false
            if !draft.header.isEmpty, !isMapped {
                throw FormErrors("Map at least one column, or nothing would be imported.")
            }
        case 3: _ = try draft.schedule.recurrence(now: visit.now)
        case 4:
            if !draft.triggerTime.isEmpty, TimeOfDay(draft.triggerTime) == nil {
                wrong["triggerTime"] = "A time of day such as 09:00, or nothing."
            }
        default: break
        }
        if !wrong.isEmpty { throw FormErrors(fields: wrong) }
    }

    private func fileSelector() throws -> FileSelector {
        do {
            return try FileSelector(
                draft.matches == "exact" ? .exact(draft.file) : .expression(draft.file)
            )
        } catch {
            throw FormErrors(fields: ["file": "\(error)".capitalisedFirst + "."])
        }
    }

    /// Refresh schema: finds the file, reads its header and sample rows, proposes a mapping.
    mutating func refresh() async throws {
        var definition = try draft.definition(over: try await kept(), now: visit.now)
        let earlier = draft.mapping ?? []
        definition.plan.mapping = nil
        let rooms = visit.services.rooms
        let wanted = definition
        let workspace = visit.workspace
        let (_, preview) = try await visit.database.blocking {
            try ImportPreview.read(
                wanted,
                workspace: workspace,
                spool: rooms.spool,
                locations: rooms.locations,
                database: rooms.database
            )
        }
        draft.header = preview.header
        draft.sample = Array(preview.sample.prefix(30))
        draft.mapping = preview.mapping.map { proposal in
            earlier.first { $0.header == proposal.header } ?? proposal
        }
    }

    /// The import that is changed, as it is now; nil for a new one.
    private func kept() async throws -> AutomatedImportDefinition? {
        guard let id = draft.id else { return nil }
        let found = try await visit.read { connection in
            try AutomatedImportStore(visit.workspace).find(ImportID(id), in: connection)
        }
        if let refusal = ImportWizard.refusal(of: found.definition) { throw PageError.bad(refusal) }
        return found.definition
    }

    /// Why an import cannot be changed here; nil when it can.
    static func refusal(of definition: AutomatedImportDefinition) -> String? {
        definition.plan.customTable.map { table in
            "it fills the custom table \(table), which this wizard does not know; "
                + "change its definition by the API, PUT /v1/import"
        }
    }

    /// Stores the import with its trigger.
    private func save(isActive: Bool) async throws -> Reply {
        let definition = try draft.definition(over: try await kept(), now: visit.now)
        let (draft, visit) = (draft, visit)
        let workspace = visit.workspace
        let id = try await visit.write { transaction, context in
            let store = AutomatedImportStore(workspace)
            var id = draft.id.map { ImportID($0) }
            if let id {
                try store.update(id, to: definition, by: context, in: transaction)
                try store.setActive(id, isActive, by: context, in: transaction)
            } else {
                id = try store.create(
                    definition,
                    isActive: isActive,
                    by: context,
                    in: transaction
                ).id
            }
            guard let id else { throw PageError.notFound("import") }
            try ImportWizard.bind(id, draft, visit, transaction)
            try AuditLog(workspace).record(
                draft.id == nil ? "import.create" : "import.update",
                subject: "import \(id)",
                details: ["name": definition.name, "isActive": String(isActive)],
                by: context,
                in: transaction
            )
            return id
        }
        return .redirect(
            "/console/imports/\(id)",
            notice: isActive
                ? "Saved, and active." : "Saved. It runs when you activate it, or by Run Now."
        )
    }

    private static func bind(
        _ id: ImportID,
        _ draft: ImportDraft,
        _ visit: Visit,
        _ transaction: Transaction
    ) throws {
        let workspace = visit.workspace
        let bindings = ImportBindingStore(workspace)
        guard let campaign = draft.campaign else {
            return try bindings.unbind(id, in: transaction)
        }
        let isBound = try bindings.binding(of: id, in: transaction)?.campaign.value == campaign
        guard try isBound || visit.limit.allowsCampaign(CampaignID(campaign), in: transaction)
        else { throw PageError.notFound("campaign") }
        let table = try ProfileTableStore(workspace).table(named: draft.table, in: transaction)
        try bindings.bind(
            id,
            over: (table.id, table.name),
            to: try CampaignStore(workspace).campaign(CampaignID(campaign), in: transaction),
            at: TimeOfDay(draft.triggerTime),
            in: transaction
        )
    }
}
