// SPDX-License-Identifier: Apache-2.0
import Database

/// The tables of segmentations.
enum SegmentationSchema {
    static let tables = [segmentation, segment, member, transition]

    /// When it last could not be computed: it is tried again a day later, as others are.
    static let failing = Migration(
        id: "audience-failing-segmentations",
        steps: [.addColumn(.moment("failed_at").orNull, to: "segmentation")]
    )

    /// A deleted one stays until its memberships are gone.
    static let deleting = Migration(
        id: "audience-deleted-segmentations",
        steps: [.addColumn(.moment("deleted_at").orNull, to: "segmentation")]
    )

    static let memberPages = IndexDefinition(
        "segment_member_segment",
        ["workspace_id", "segmentation_id", "segment_id", "profile_id"]
    )

    static let transitionPages = IndexDefinition(
        "segment_transition_segmentation",
        ["workspace_id", "segmentation_id", "id"]
    )

    private static let segmentation = TableDefinition(
        "segmentation",
        columns: [
            .integer("workspace_id"), .integer("id"), .integer("table_id"), .text("name"),
            .text("folded_name"), .text("display_name"), .text("kind"), .boolean("has_history"),
            .text("default_segment").orNull, .moment("created_at"), .moment("updated_at").orNull,
            .moment("refreshed_at").orNull,
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [
            IndexDefinition("segmentation_name", ["workspace_id", "folded_name"], isUnique: true)
        ]
    )

    /// A simple segmentation has one; the default one of an exclusive segmentation has no expression.
    ///
    /// A retired one is kept until a refresh has told who left it.
    private static let segment = TableDefinition(
        "segment",
        columns: [
            .integer("workspace_id"), .integer("id"), .integer("segmentation_id"),
            .integer("position"), .text("name"), .text("expression").orNull,
            .boolean("is_retired"),
        ],
        primaryKey: ["workspace_id", "segmentation_id", "id"]
    )

    /// Who is in which segment; who is in none has no row.
    private static let member = TableDefinition(
        "segment_member",
        columns: [
            .integer("workspace_id"), .integer("segmentation_id"), .integer("profile_id"),
            .integer("segment_id"),
        ],
        primaryKey: ["workspace_id", "segmentation_id", "profile_id"],
        isClustered: true,
        indexes: [IndexDefinition("segment_member_profile", ["workspace_id", "profile_id"])]
    )

    private static let transition = TableDefinition(
        "segment_transition",
        columns: [
            .integer("workspace_id"), .integer("id"), .integer("table_id"),
            .integer("segmentation_id"), .text("segmentation"), .integer("profile_id"),
            .text("previous_value").orNull,
            .text("new_value").orNull, .moment("event_at"), .integer("stamp"),
        ],
        primaryKey: ["workspace_id", "id"],
        isClustered: true,
        indexes: [
            IndexDefinition("segment_transition_pages", ["workspace_id", "stamp", "id"]),
            IndexDefinition("segment_transition_profile", ["workspace_id", "profile_id"]),
        ],
        partition: TablePartition(by: "id", of: .change)
    )
}
