// SPDX-License-Identifier: Apache-2.0
import Audience

/// Changes of segments, one line each, of the table's segmentations with history.
struct SegmentTransitionRows: RowSource {
    var keyOfDeletedProfile: String? { DeletedKey.of("x.profile_id") }

    func relation(for tables: ExportTables) -> SourceRelation {
        SourceRelation(
            from: "segment_transition x",
            alias: "x",
            stamp: "stamp",
            event: "x.event_at",
            profile: "x.profile_id",
            isScoped: true,
            filters: [],
            conditions: ["x.table_id = \(tables.id)"]
        )
    }

    func cell(_ column: String) -> CellSource? {
        switch column {
        case "newValue": .text("x.new_value")
        case "profileId": .integer("x.profile_id")
        case "segment": .text("x.segmentation")
        case "eventTime": .moment("x.event_at")
        case "previousValue": .text("x.previous_value")
        default: nil
        }
    }

    func judge(_ facts: JudgingFacts) -> RowJudge { { _ in .keep } }
}

extension RowSource where Self == SegmentTransitionRows {
    /// Changes of segments in the window.
    static var segmentTransitions: Self { Self() }
}
