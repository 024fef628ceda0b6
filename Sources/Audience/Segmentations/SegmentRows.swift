// SPDX-License-Identifier: Apache-2.0
import Common
import Database

// How segmentations and their segments are read and written.
extension SegmentationStore {
    func insertSegments(
        of id: SegmentationID,
        _ definition: SegmentationDefinition,
        keeping present: [Segmentation.Segment],
        in transaction: Transaction
    ) throws {
        var all: [(name: String, expression: SearchExpression?)] =
            definition.segments.map { ($0.name, $0.expression) }
        if let name = definition.defaultSegment { all.append((name, nil)) }
        var retired = present
        for (position, segment) in all.enumerated() {
            let folded = segment.name.lowercased()
            let kept = retired.firstIndex { $0.name.lowercased() == folded }
            let own: SegmentID =
                try kept.map { retired.remove(at: $0).id }
                ?? transaction.nextID(.segment, in: workspace)
            let made = Segmentation.Segment(
                id: own,
                name: segment.name,
                expression: segment.expression
            )
            try insert(made, at: position, isRetired: false, of: id, in: transaction)
        }
        for segment in retired {
            try insert(segment, at: -1, isRetired: true, of: id, in: transaction)
        }
    }

    private func insert(
        _ segment: Segmentation.Segment,
        at position: Int,
        isRetired: Bool,
        of id: SegmentationID,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO segment
                (workspace_id, id, segmentation_id, position, name, expression, is_retired)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                workspace, segment.id, id, position, segment.name,
                try segment.expression.map { try JSONText.encode($0) }, isRetired,
            ]
        )
    }

    /// Notes that all profiles were looked at, and forgets segments that nobody is in any more.
    func refreshed(
        _ segmentation: Segmentation,
        at moment: Instant,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE segmentation SET refreshed_at = $3 WHERE workspace_id = $1 AND id = $2
            """,
            [workspace, segmentation.id, moment]
        )
        guard !segmentation.retired.isEmpty else { return }
        try transaction.execute(
            """
            DELETE FROM segment WHERE workspace_id = $1 AND segmentation_id = $2 AND is_retired = $3
                AND NOT EXISTS (SELECT 1 FROM segment_member m WHERE m.workspace_id = $1
                    AND m.segmentation_id = $2 AND m.segment_id = segment.id)
            """,
            [workspace, segmentation.id, true]
        )
    }

    /// Notes that a segmentation cannot be computed as things stand.
    func failed(
        _ segmentation: Segmentation,
        at moment: Instant,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            "UPDATE segmentation SET failed_at = $3 WHERE workspace_id = $1 AND id = $2",
            [workspace, segmentation.id, moment]
        )
    }

    func segmentations(
        _ condition: String,
        _ values: [any SQLConvertible],
        in connection: Connection
    ) throws -> [Segmentation] {
        try connection.rows(
            """
            SELECT id, table_id, name, display_name, kind, has_history, refreshed_at
            FROM segmentation WHERE deleted_at IS NULL AND \(condition)
            """,
            values
        ).map { row in
            let id: SegmentationID = try row.get("id")
            let segments = try segments(of: id, in: connection)
            return Segmentation(
                id: id,
                table: try row.get("table_id"),
                name: try row.get("name"),
                displayName: try row.get("display_name"),
                kind: try row.get("kind"),
                hasHistory: try row.get("has_history"),
                segments: segments.filter { !$0.isRetired }.map(\.segment),
                retired: segments.filter(\.isRetired).map(\.segment),
                refreshedAt: try row.get("refreshed_at")
            )
        }
    }

    private func segments(
        of id: SegmentationID,
        in connection: Connection
    ) throws -> [(segment: Segmentation.Segment, isRetired: Bool)] {
        try connection.rows(
            """
            SELECT id, name, expression, is_retired FROM segment
            WHERE workspace_id = $1 AND segmentation_id = $2 ORDER BY position
            """,
            [workspace, id]
        ).map { row in
            let text: String? = try row.get("expression")
            let segment = Segmentation.Segment(
                id: try row.get("id"),
                name: try row.get("name"),
                expression: try text.map { try SearchExpression(text: $0) }
            )
            return (segment, try row.get("is_retired"))
        }
    }
}
