// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import Exports
import Files

/// What a wizard asks before an export is saved (spec/exports.md, "Wizard and resource").
enum ExportWizard {
    /// `GET /v1/export/types`: the catalogue.
    static let types = ResourceAction(
        name: "types",
        method: .get,
        target: .collection,
        summary: "What can be exported, with the facts of each type.",
        answer: ["type": "array", "items": ["type": "object"]],
        run: .read { _, _, _, _ in .array(ExportPair.allCases.map(json)) }
    )

    /// `GET /v1/export/7/columns`: Refresh of an export's columns.
    static let columns = ResourceAction(
        name: "columns",
        method: .get,
        target: .item,
        summary: "The columns that it can have now, which are chosen, and which formats matter.",
        run: .read { id, _, call, connection in
            let store = ExportStore(call.workspace, locations: call.services.locations)
            let export = try store.export(ExportID(id), in: connection)
            return json(try store.offer(for: export.definition, in: connection))
        }
    )

    /// `POST /v1/export/columns`: the columns for what has been chosen so far.
    static let offer = ResourceAction(
        name: "columns",
        method: .post,
        target: .collection,
        summary: "The columns that an export of these attributes could have; nothing is saved.",
        attributes: given,
        permission: .read,
        scope: .read,
        run: .direct { _, draft, call in
            try await answer(draft, call) { store, definition, connection in
                json(try store.offer(for: definition, in: connection))
            }
        }
    )

    /// `POST /v1/export/preview`: the first look at a file before the export is saved.
    static let preview = ResourceAction(
        name: "preview",
        method: .post,
        target: .collection,
        summary: "Up to ten of the newest rows of an export of these attributes; nothing is saved.",
        attributes: given,
        permission: .read,
        scope: .read,
        run: .direct { _, draft, call in
            let now = call.services.database.time.now()
            return try await answer(draft, call) { store, definition, connection in
                json(try ExportPreview(of: definition, in: store, at: now, connection: connection))
            }
        }
    )

    /// A body may leave out what is asked for in later steps.
    private static let given: [ResourceAttribute] = ExportAttributes.all.map { attribute in
        attribute.name == "type" ? attribute : attribute.postable
    }

    private static func answer(
        _ draft: Draft,
        _ call: Call,
        _ body: @escaping @Sendable (ExportStore, ExportDefinition, Connection) throws -> JSONValue
    ) async throws -> Answer {
        let services = call.services
        var definition = try ExportDraft(draft, now: services.database.time.now()).new()
        if definition.name.isEmpty { definition.name = "preview" }
        if definition.transfer.fileName.isEmpty { definition.transfer.fileName = "preview" }
        let store = ExportStore(call.workspace, locations: services.locations)
        let data = try await services.database.read { [definition] connection in
            try body(store, definition, connection)
        }
        return .ok(data: try JSONBytes(data).bytes)
    }

    static func json(_ preview: ExportPreview) -> JSONValue {
        [
            "headers": .array(preview.headers.map(JSONValue.string)),
            "rows": .array(preview.rows.map { .array($0.map(JSONValue.string)) }),
        ]
    }

    @Sendable
    static func json(_ run: ExportRun) -> JSONValue {
        let window = run.plan.window
        var fields: [String: JSONValue] = [
            "id": .integer(ListingKey.packed(run.export.value, run.seq)),
            "seq": .integer(run.seq), "state": .string(run.state.rawValue),
            "task_id": .integer(run.task.value), "file_name": .string(run.fileName),
            "kept": .boolean(run.isFileKept),
            "from": run.plan.isFull ? .null : .moment(window.from.moment),
            "to": .moment(window.to.moment), "planned": .moment(run.plannedAt),
        ]
        fields["delivered"] = run.deliveredAt.map(JSONValue.moment) ?? .null
        let names = ["rows", "bytes", "sha256", "left_out_inactive", "left_out_source"]
        for name in names { fields[name] = .null }
        guard let sealed = run.sealed else { return .object(fields) }
        fields["rows"] = .integer(sealed.rows)
        fields["bytes"] = .integer(sealed.packed.file.bytes)
        fields["sha256"] = .string(sealed.packed.file.sha256)
        fields["left_out_inactive"] = .integer(sealed.leftOut.inactiveCampaigns)
        fields["left_out_source"] = .integer(sealed.leftOut.sourceFilter)
        return .object(fields)
    }

    private static func json(_ pair: ExportPair) -> JSONValue {
        let facts = pair.facts
        return [
            "type": .string(pair.rawValue), "export_type": .string(facts.exportType.rawValue),
            "event_type": .string(facts.eventType),
            "kind": .string(facts.kind.rawValue),
            "group": .string(facts.exportType.group.rawValue),
            "profile_attributes": .string(facts.profileAttributes.rawValue),
            "window": .string(facts.window),
            "active_campaigns_only": .boolean(facts.activeCampaignsOnly),
            "source_filter": .boolean(facts.sourceFilter), "available": .boolean(pair.isAvailable),
        ]
    }

    private static func json(_ offer: ExportOffer) -> JSONValue {
        let formats = offer.formatted.map { type, headers in
            (type.rawValue, JSONValue.array(headers.map(JSONValue.string)))
        }
        let columns = offer.columns.map { json($0, isChosen: offer.chosen.contains($0.key)) }
        return [
            "columns": .array(columns), "missing": .array(offer.missing.map(JSONValue.string)),
            "formats": .object(Dictionary(formats, uniquingKeysWith: { $1 })),
        ]
    }

    private static func json(_ column: AvailableColumn, isChosen: Bool) -> JSONValue {
        [
            "key": .string(column.key), "header": .string(column.header),
            "label": .string(column.label), "type": .string(column.type.rawValue),
            "main": .boolean(column.isMain), "chosen": .boolean(isChosen),
        ]
    }
}
