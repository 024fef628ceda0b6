// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Campaigns
import Common
import Database
import Files
import Imports

extension Resource {
    /// `/v1/import`: an automated import.
    static let automatedImport = Resource(
        name: "import",
        summary: "An automated import.",
        attributes: [
            .id,
            .init("name", .text(limit: 255), "Its name, unique.", example: "nightly")
                .filterable.sortable,
            .init(
                "definition",
                .structure(schema: ["type": "object"]),
                "Where files come from and how they are imported: docs/imports.md.",
                example: ImportActions.example
            ).requiredToPost.changeable,
            .init("active", .boolean, "Whether its schedule is on.", example: true)
                .filterable.postable,
            .init(
                "trigger_campaign_id",
                .integer,
                "The campaign that each run triggers.",
                example: 9
            )
            .orNull.postable.changeable,
            .init(
                "trigger_time",
                .text(limit: 5),
                "The time of day; null for at once.",
                example: "09:00"
            )
            .orNull.postable.changeable,
            .init("cdate", .moment, "When it was made.", example: 1_780_000_000).sortable,
        ],
        listing: ImportBindingStore.imports,
        scope: .imports,
        create: { draft, change in
            guard let definition = try ImportActions.definition(draft) else {
                throw Problem.unacceptable("definition", "is required")
            }
            let made = try AutomatedImportStore(change.workspace).create(
                definition,
                isActive: draft.boolean("active") ?? false,
                by: change.context,
                in: change.transaction
            )
            try ImportActions.bind(made, draft, change)
            return made.id.value
        },
        update: { id, draft, change in
            let store = AutomatedImportStore(change.workspace)
            if let definition = try ImportActions.definition(draft) {
                try store.update(
                    ImportID(id),
                    to: definition,
                    by: change.context,
                    in: change.transaction
                )
            }
            let present = try store.find(ImportID(id), in: change.transaction)
            try ImportActions.bind(present, draft, change)
        },
        delete: { id, _, change in
            try AutomatedImportStore(change.workspace)
                .delete(ImportID(id), by: change.context, in: change.transaction)
            return [:]
        },
        actions: [
            ImportActions.run, ImportActions.active("activate", true),
            ImportActions.active("deactivate", false), ImportActions.preview,
        ]
    )

    /// `/v1/importRun`: one run of a profile file import, automated or not.
    static let importRun = Resource(
        name: "importRun",
        summary: "One run of a profile file import.",
        attributes: [
            .id,
            .init("import_id", .integer, "The automated import.", example: 1).orNull.filterable,
            .init("info", .text(limit: 1_000), "The import or file.", example: "nightly"),
            .init(
                "status",
                .choice(["new", "executing", "completed", "error", "fatal"]),
                "How it stands.",
                example: "completed"
            ).filterable,
            .init("outcome", .text(limit: 10_000), "The outcome in words.", example: .null).orNull,
            .init("breakdown", .structure(schema: [:]), "The ledger.", example: .null).orNull
                .from("ledger"),
            .init("date", .moment, "When it started.", example: 1_780_000_000).sortable,
            .init("finished", .moment, "When it ended.", example: 1_780_000_003).orNull,
        ],
        listing: ImportStarter.runs,
        scope: .imports
    )
}

/// What can be done with automated imports.
enum ImportActions {
    static let run = ResourceAction(
        name: "run",
        method: .post,
        target: .item,
        summary: "Run Now, also when it is not active.",
        status: 202,
        run: .change { id, _, change in
            let task = try AutomatedImportStore(change.workspace)
                .runNow(ImportID(id), by: change.context, in: change.transaction)
            return ["task_id": .integer(task.value)]
        }
    )

    static func active(_ name: String, _ isActive: Bool) -> ResourceAction {
        ResourceAction(
            name: name,
            method: .post,
            target: .item,
            summary: "Switch its schedule \(isActive ? "on" : "off").",
            run: .change { id, _, change in
                try AutomatedImportStore(change.workspace)
                    .setActive(ImportID(id), isActive, by: change.context, in: change.transaction)
                return ["id": .integer(id), "active": .boolean(isActive)]
            }
        )
    }

    static let preview = ResourceAction(
        name: "preview",
        method: .post,
        target: .item,
        summary: "Refresh schema: the header and 30 rows of the file that it would take now.",
        run: .direct { id, _, call in
            let services = call.services
            let found = try await services.database.read { connection in
                try AutomatedImportStore(call.workspace).find(ImportID(id), in: connection)
            }
            let (name, preview) = try await services.database.blocking {
                try ImportPreview.read(
                    found.definition,
                    workspace: call.workspace,
                    spool: services.spool,
                    locations: services.locations,
                    database: services.database
                )
            }
            let data: JSONValue = [
                "file": .string(name), "header": .array(preview.header.map(JSONValue.string)),
                "sample": .array(
                    preview.sample.map { .array($0.map(JSONValue.string)) }
                ),
                "mapping": try JSONText.decode(
                    JSONValue.self,
                    from: try JSONText.encode(preview.mapping)
                ),
            ]
            return .ok(data: try JSONBytes(data).bytes)
        }
    )

    static func definition(_ draft: Draft) throws -> AutomatedImportDefinition? {
        try draft.structure("definition", as: AutomatedImportDefinition.self)
    }

    static func bind(_ automated: AutomatedImport, _ draft: Draft, _ change: Change) throws {
        guard draft.has("trigger_campaign_id") || draft.has("trigger_time") else { return }
        let store = ImportBindingStore(change.workspace)
        let present = try store.binding(of: automated.id, in: change.transaction)
        let campaign =
            draft.has("trigger_campaign_id")
            ? draft.integer("trigger_campaign_id").map { CampaignID($0) } : present?.campaign
        guard let campaign else { return try store.unbind(automated.id, in: change.transaction) }
        guard automated.definition.plan.customTable == nil else {
            throw Problem.unacceptable(
                "trigger_campaign_id",
                "must be null: rows of a custom table are no profiles to contact"
            )
        }
        let table = try ProfileTableStore(change.workspace)
            .table(named: automated.definition.plan.table, in: change.transaction)
        try store.bind(
            automated.id,
            over: (table.id, table.name),
            to: try CampaignStore(change.workspace).campaign(campaign, in: change.transaction),
            at: draft.has("trigger_time") ? try time(draft) : present?.time,
            in: change.transaction
        )
    }

    private static func time(_ draft: Draft) throws -> TimeOfDay? {
        guard let text = draft.text("trigger_time") else { return nil }
        guard let time = TimeOfDay(text) else {
            throw Problem.unacceptable("trigger_time", "must be a time of day such as 09:00")
        }
        return time
    }

    static let example: JSONValue = {
        guard let selector = try? FileSelector(.exact("people.csv"), choice: .newest),
            let time = TimeOfDay("03:00"),
            let text = try? JSONText.encode(
                AutomatedImportDefinition(
                    name: "nightly",
                    folder: "in",
                    selector: selector,
                    recurrence: Recurrence(.daily(at: time), in: .utc)
                )
            )
        else { return .object([:]) }
        return (try? JSONText.decode(JSONValue.self, from: text)) ?? .object([:])
    }()
}
