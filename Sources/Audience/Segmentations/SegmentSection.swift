// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// The segments that a person is in, and the changes of segmentations with history.
///
/// An erasure leaves the records of changes, which hold an id, a segment and a moment: an export whose
/// window has not passed them would have a gap (promise 2).
struct SegmentSection: DossierSection {
    let title = "Segments"
    let relations = ["segment_member", "segment_transition"]

    func entries(for person: DossierPerson, in connection: Connection) throws -> [DossierEntry] {
        try memberships(of: person, in: connection) + transitions(of: person, in: connection)
    }

    func erase(
        _ person: DossierPerson,
        by context: Context,
        in transaction: Transaction
    ) throws -> [String] {
        try transaction.execute(
            "DELETE FROM segment_member WHERE workspace_id = $1 AND profile_id = $2",
            [context.workspace, person.profile]
        )
        return []
    }

    private func memberships(
        of person: DossierPerson,
        in connection: Connection
    ) throws -> [DossierEntry] {
        let store = SegmentationStore(person.table.workspace)
        let rows = try connection.rows(
            """
            SELECT m.segmentation_id, m.segment_id FROM segment_member m
            JOIN segmentation s ON s.workspace_id = m.workspace_id AND s.id = m.segmentation_id
            WHERE m.workspace_id = $1 AND m.profile_id = $2 AND s.deleted_at IS NULL
            ORDER BY m.segmentation_id
            """,
            [person.table.workspace, person.profile]
        )
        return try rows.map { row in
            let segmentation = try store.segmentation(
                try row.get("segmentation_id"),
                in: connection
            )
            return DossierEntry(
                "segment",
                [
                    .init("segmentation", segmentation.name),
                    .init("value", segmentation.value(of: try row.get("segment_id"))),
                ]
            )
        }
    }

    private func transitions(
        of person: DossierPerson,
        in connection: Connection
    ) throws -> [DossierEntry] {
        try connection.rows(
            """
            SELECT segmentation, previous_value, new_value, event_at FROM segment_transition
            WHERE workspace_id = $1 AND profile_id = $2 ORDER BY id
            """,
            [person.table.workspace, person.profile]
        ).map { row in
            DossierEntry(
                "transition",
                at: try row.get("event_at"),
                [
                    .init("segmentation", try row.get("segmentation")),
                    .init("previous", try row.get("previous_value")),
                    .init("new", try row.get("new_value")),
                ]
            )
        }
    }
}
