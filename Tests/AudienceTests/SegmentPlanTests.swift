// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport
import Testing

@testable import Audience

/// How pages of segments and of changes are found in filled tables.
@Suite struct SegmentPlanTests {
    @Test(arguments: [TestEngine.file, .postgres])
    func `a page of a rare segment, and of one segmentation's changes, is read by index`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        try world.fillSegments(engine)
        let found = try world.database.readBlocking { connection in
            (
                try page(
                    SegmentationStore.members,
                    [.equals("segmentation", .integer(1)), .equals("segment", .integer(9))],
                    world.workspace,
                    connection
                ),
                try page(
                    SegmentationStore.transitions,
                    [.equals("segmentation", .integer(7))],
                    world.workspace,
                    connection
                )
            )
        }
        #expect(found == ([4_000, 3_000, 2_000, 1_000], [9_500, 8_500, 7_500, 6_500, 5_500]))
        let queries = [
            HotQuery(
                "FROM segment_member m",
                values: [world.workspace, 1, 9, 6],
                index: "segment_member_segment"
            ),
            HotQuery(
                "FROM segment_transition t",
                values: [world.workspace, 7, 6],
                index: "segment_transition_segmentation",
                onPostgres: "_workspace_id_segmentation_id_id_idx"
            ),
        ]
        for query in queries {
            let complaint = try query.complaint(on: engine, world.statements, world.database)
            #expect(complaint == nil, "\(complaint ?? "")")
        }
    }

    /// The keys of the newest five.
    private func page(
        _ listing: Listing,
        _ filters: [ListingFilter],
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws -> [Int64] {
        var keys: [Int64] = []
        let query = ListingQuery(filters: filters, isReversed: true, limit: 5)
        _ = try listing.page(query, in: workspace, from: connection) { cursor in
            keys.append(cursor.integer(0))
        }
        return keys
    }
}

extension World {
    /// 5,000 members of a segmentation, four of them in segment 9, and 10,000 changes of twenty
    /// segmentations.
    fileprivate func fillSegments(_ engine: TestEngine) throws {
        try database.writeBlocking { transaction in
            try transaction.fill(
                "segment_member",
                ["workspace_id", "segmentation_id", "profile_id", "segment_id"],
                (Int64(1)..<5_000).map { id in
                    [workspace.sql, 1.sql, id.sql, (id % 1_000 == 0 ? 9 : 2).sql]
                }
            )
            try transaction.fill(
                "segment_transition",
                [
                    "workspace_id", "id", "table_id", "segmentation_id", "segmentation",
                    "profile_id", "event_at", "stamp",
                ],
                (Int64(1)...10_000).map { id in
                    let own: Int64 = id % 1_000 == 500 ? 7 : 100 + id % 20
                    return [
                        workspace.sql, id.sql, 1.sql, own.sql, "s".sql, id.sql,
                        transaction.moment.sql, id.sql,
                    ]
                }
            )
            try transaction.keepStatistics(as: engine)
        }
    }
}
