// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import Exports
import Files

extension Resource {
    /// `/v1/export`: an incremental or full export.
    static let export = Resource(
        name: "export",
        summary: "An export: of what is new each time, or of everything.",
        attributes: [.id] + ExportAttributes.all + [
            .init(
                "state",
                .choice(ExportState.allCases.map(\.rawValue)),
                "Its state.",
                example: "active"
            )
            .filterable,
            .init("last_seq", .integer, "The number of its last file.", example: 4),
            .init("cdate", .moment, "When it was made.", example: 1_780_000_000).sortable,
        ],
        listing: ExportStore.listing,
        scope: .exports,
        filters: [ExportActions.nameFilter] + ExportFilters.all,
        visible: { $0.ownEntities("entity") },
        spread: ResourceSpread(column: "definition", values: ExportAttributes.values(text:)),
        create: { draft, change in
            let definition = try ExportDraft(draft, now: change.context.moment).new()
            _ = try change.entity(draft)
            try change.requireOwnEntity(definition.entity?.value)
            return try change.exports
                .create(definition, by: change.context, in: change.transaction).id.value
        },
        update: { id, draft, change in
            let present = try change.exports.export(ExportID(id), in: change.transaction)
            let definition = try ExportDraft(draft, now: change.context.moment)
                .changed(present.definition)
            _ = try change.entity(draft)
            try change.requireOwnEntity(definition.entity?.value)
            try change.exports
                .update(ExportID(id), definition, by: change.context, in: change.transaction)
        },
        delete: { id, _, change in
            try change.exports.delete(ExportID(id), by: change.context, in: change.transaction)
            return [:]
        },
        actions: [
            ExportActions.activate, ExportActions.pause, ExportActions.run, ExportActions.preview,
            ExportActions.runs, ExportWizard.columns, ExportWizard.offer, ExportWizard.preview,
            ExportWizard.types,
        ]
    )

    /// `/v1/exportRun`: one file of an export.
    static let exportRun = Resource(
        name: "exportRun",
        summary: "One file of an export.",
        attributes: [
            .id, .init("export_id", .integer, "The export.", example: 1).filterable,
            .init("seq", .integer, "The file's number in the chain, from 1.", example: 4),
            .init("task_id", .integer, "The task that made it.", example: 90).filterable,
            .init(
                "state",
                .choice(["planned", "sealed", "delivered"]),
                "How far it is.",
                example: "delivered"
            ).filterable,
            .init("file_name", .text(limit: 255), "Its name.", example: "profiles.csv.gz"),
            .init("kept", .boolean, "Whether the file can be downloaded.", example: true)
                .filterable,
            .init("planned", .moment, "When its window was cut.", example: 1_780_000_000),
            .init("delivered", .moment, "When it was delivered.", example: 1_780_000_000).orNull,
        ],
        listing: ExportStore.runListing,
        scope: .exports,
        visible: { $0.ownEntities("entity") },
        actions: [ExportActions.file, ExportActions.deliver]
    )
}

extension Change {
    /// The exports of the workspace.
    var exports: ExportStore { ExportStore(workspace, locations: services.locations) }
}

/// What can be done with exports and their files.
enum ExportActions {
    static let activate = ResourceAction(
        name: "activate",
        method: .post,
        target: .item,
        summary: "Let it run when it is due.",
        run: .change { id, _, change in
            try change.exports.activate(ExportID(id), by: change.context, in: change.transaction)
            return ["id": .integer(id), "state": "active"]
        }
    )

    static let pause = ResourceAction(
        name: "pause",
        method: .post,
        target: .item,
        summary: "Let it rest; nothing is lost.",
        run: .change { id, _, change in
            try change.exports.pause(ExportID(id), by: change.context, in: change.transaction)
            return ["id": .integer(id), "state": "paused"]
        }
    )

    static let run = ResourceAction(
        name: "run",
        method: .post,
        target: .item,
        summary: "Run it now.",
        status: 202,
        run: .change { id, _, change in
            let task = try change.exports
                .runNow(ExportID(id), by: change.context, in: change.transaction)
            guard let task else { throw Problem(409, "the export runs already") }
            return ["task_id": .integer(task.value)]
        }
    )

    static let preview = ResourceAction(
        name: "preview",
        method: .get,
        target: .item,
        summary: "Up to ten of the newest rows, as they would stand in the file.",
        run: .read { id, _, call, connection in
            let store = ExportStore(call.workspace, locations: call.services.locations)
            let export = try store.export(ExportID(id), in: connection)
            let preview = try ExportPreview(
                of: export.definition,
                in: store,
                at: call.services.database.time.now(),
                connection: connection
            )
            return ExportWizard.json(preview)
        }
    )

    static let runs = ResourceAction(
        name: "runs",
        method: .get,
        target: .item,
        summary: "Its latest fifty files, newest first.",
        answer: ["type": "array", "items": ["type": "object"]],
        run: .read { id, _, call, connection in
            let store = ExportStore(call.workspace, locations: call.services.locations)
            let runs = try store.runs(of: ExportID(id), in: connection)
            return .array(runs.map(ExportWizard.json))
        }
    )

    /// Names are the same whatever their case.
    static let nameFilter = ResourceFilter(
        attribute: .init("name", .text(limit: 200), "Its name.", example: "daily profiles")
    ) { value in
        guard case .text(let name) = value else { return .equals("folded_name", value) }
        return .equals("folded_name", .text(name.lowercased()))
    }

    static let file = ResourceAction(
        name: "file",
        method: .get,
        target: .item,
        summary: "The file.",
        mediaType: "application/octet-stream",
        run: .direct { id, _, call in
            let run: ExportRun = try await call.services.database.read { connection in
                try ExportActions.run(id, call, connection)
            }
            guard let sealed = run.sealed, run.isFileKept else {
                throw Problem(404, "the file is no longer kept")
            }
            return try await TemporaryDownload.spooled(sealed.packed.file, call.services)
                .answer(name: run.fileName, mediaType: "application/octet-stream")
        }
    )

    static let deliver = ResourceAction(
        name: "deliver",
        method: .post,
        target: .item,
        summary: "Deliver the file again: same window, name and hash.",
        status: 202,
        run: .change { id, _, change in
            let parts = ListingKey.unpacked(id)
            let task = try change.exports.deliverAgain(
                ExportID(parts.first),
                seq: parts.second,
                by: change.context,
                in: change.transaction
            )
            guard let task else { throw Problem(409, "the file is on its way already") }
            return ["task_id": .integer(task.value)]
        }
    )

    private static func run(
        _ id: Int64,
        _ call: Call,
        _ connection: Connection
    ) throws -> ExportRun {
        let parts = ListingKey.unpacked(id)
        let store = ExportStore(call.workspace, locations: call.services.locations)
        return try store.run(parts.second, of: ExportID(parts.first), in: connection)
    }
}
