// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Common
import Database

extension Resource {
    /// `/v1/segmentation`: a computed grouping of a table's profiles.
    static let segmentation = Resource(
        name: "segmentation",
        summary: "A computed grouping of a table's profiles.",
        attributes: [
            .id,
            .init("name", .text(limit: 50), "Its technical name, unique.", example: "vip")
                .filterable.sortable.requiredToPost.changeable,
            .init("display_name", .text(limit: 255), "The name that people see.", example: "VIPs")
                .postable.changeable,
            .init(
                "profile_table",
                .text(limit: 64),
                "The profile table; profiles unless given.",
                example: "profiles"
            ).filterable.postable,
            .init(
                "kind",
                .choice(SegmentationKind.allCases.map(\.rawValue)),
                "In or out, or exactly one of several segments.",
                example: "simple"
            ).filterable.requiredToPost,
            .init("history", .boolean, "Whether changes leave records for exports.", example: true)
                .filterable.postable.changeable,
            .init(
                "default_segment",
                .text(limit: 100),
                "The segment of whoever is in no other; null for none.",
                example: "others"
            ).orNull.postable.changeable,
            .init(
                "refreshed",
                .moment,
                "When it was last computed for all profiles.",
                example: 1_780_000_000
            ).orNull,
            .init("cdate", .moment, "When it was made.", example: 1_780_000_000).sortable,
            .init("mdate", .moment, "When it was last changed.", example: 1_780_000_000).orNull,
            .init(
                "segments",
                .structure(
                    schema: [
                        "type": "array", "minItems": 1, "maxItems": 100,
                        "items": [
                            "type": "object", "required": ["expression"],
                            "properties": [
                                "name": ["type": "string"], "expression": ["type": "object"],
                            ],
                        ],
                    ]
                ),
                "Names and expressions in the order in which they are tried; one for a simple one.",
                example: [["expression": ["attribute": "language", "is": "fr"]]]
            ).requiredToPost.changeable.writeOnly,
        ],
        listing: SegmentationStore.listing,
        create: { draft, change in
            let table = try ProfileTableStore(change.workspace)
                .table(named: draft.text("profile_table") ?? "profiles", in: change.transaction)
            return try change.segmentations.create(
                SegmentationDefinition(
                    name: draft.text("name") ?? "",
                    displayName: draft.text("display_name"),
                    kind: draft.text("kind").flatMap(SegmentationKind.init) ?? .simple,
                    hasHistory: draft.boolean("history") ?? false,
                    segments: try GivenSegment.read(draft) ?? [],
                    defaultSegment: draft.text("default_segment")
                ),
                over: table,
                by: change.context,
                in: change.transaction
            ).id.value
        },
        update: { id, draft, change in
            let present = try change.segmentations
                .segmentation(SegmentationID(id), in: change.transaction)
            var definition = present.definition
            if let name = draft.text("name") { definition.name = name }
            if let name = draft.text("display_name") { definition.displayName = name }
            if let history = draft.boolean("history") { definition.hasHistory = history }
            if draft.has("default_segment") {
                definition.defaultSegment = draft.text("default_segment")
            }
            if let segments = try GivenSegment.read(draft) { definition.segments = segments }
            try change.segmentations.update(
                present.id,
                to: definition,
                by: change.context,
                in: change.transaction
            )
        },
        delete: { id, _, change in
            try change.segmentations.delete(SegmentationID(id), in: change.transaction)
            return [:]
        },
        actions: [segmentCounts, refreshSegments]
    )

    private static let segmentCounts = ResourceAction(
        name: "counts",
        method: .get,
        target: .item,
        summary: "Its segments, and how many profiles each holds.",
        run: .read { id, _, call, connection in
            let store = SegmentationStore(call.workspace, call.services.searches)
            let found = try store.segmentation(SegmentationID(id), in: connection)
            let segments = try store.counts(of: found, in: connection).map { segment, profiles in
                JSONValue.object([
                    "name": found.kind == .simple ? .null : .string(segment.name),
                    "expression": segment.expression?.json ?? .null,
                    "profiles": .integer(Int64(profiles)),
                ])
            }
            return ["segments": .array(segments)]
        }
    )

    private static let refreshSegments = ResourceAction(
        name: "refresh",
        method: .post,
        target: .item,
        summary: "Compute it now, as a task.",
        status: 202,
        run: .change { id, _, change in
            let task = try SegmentRefreshes(change.workspace)
                .start(SegmentationID(id), by: change.context, in: change.transaction)
            return ["task_id": task.map { .integer($0.value) } ?? .null]
        }
    )
}

/// A segment as a body gives it.
private struct GivenSegment: Decodable {
    var name: String?
    var expression: SearchExpression

    static func read(_ draft: Draft) throws -> [NewSegment]? {
        try draft.structure("segments", as: [GivenSegment].self)?
            .map { NewSegment($0.name ?? "", $0.expression) }
    }
}

extension Change {
    /// The segmentations of the workspace.
    fileprivate var segmentations: SegmentationStore {
        SegmentationStore(workspace, services.searches)
    }
}
