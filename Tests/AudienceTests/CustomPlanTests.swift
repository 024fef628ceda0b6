// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Tasks
import TestSupport
import Testing

@testable import Audience

/// How rows of custom tables and memberships are found in filled tables.
@Suite struct CustomPlanTests {
    @Test(arguments: [TestEngine.file, .postgres])
    func `the rows of a profile are read and deleted by index`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let orders = try world.customTable()
        let ann = try world.create(["userId": "ann"]).id
        try world.fill(orders, engine)
        try world.createRow(["orderNumber": "A1", "userId": "ann"], in: orders)
        let chapters = try world.database.readBlocking { connection in
            try CustomRowStore(orders).page(of: ann, limit: 10, in: connection)
        }
        #expect(chapters.count == 1)
        try world.erase(ann)
        let table = orders.physicalName
        let own: [any SQLConvertible] = [ProfileID(700)]
        let queries = [
            HotQuery(
                "FROM \(table) c WHERE c.profile_id",
                values: own + [0, 10],
                index: "\(table)_profile_id"
            ),
            HotQuery(
                "SELECT max(id)",
                "FROM \(table)",
                "profile_id = $1",
                values: own + [1_000],
                index: "\(table)_profile_id",
                small: ["first"]
            ),
            HotQuery(
                "DELETE FROM \(table)",
                values: own + [9_000],
                index: "\(table)_profile_id"
            ),
        ]
        for query in queries {
            let complaint = try query.complaint(on: engine, world.statements, world.database)
            #expect(complaint == nil, "\(complaint ?? "")")
        }
    }

    @Test(arguments: [TestEngine.file, .postgres])
    func `a range of profiles is compared with its memberships by both primary keys`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        try world.fillMembers(engine)
        let segmentation = try world.database.writeBlocking { transaction in
            try SegmentationStore(world.workspace).create(
                SegmentationDefinition(
                    name: "french",
                    kind: .simple,
                    segments: [NewSegment(SearchExpression(["attribute": "language", "is": "fr"]))]
                ),
                over: world.table,
                by: world.context(),
                in: transaction
            )
        }
        let refresh = SegmentRefresh(segmentation: segmentation, table: world.table, task: nil)
        try world.database.writeBlocking { transaction in
            let end = try refresh.end(after: ProfileID(100), limit: 50, in: transaction)
            #expect(end == ProfileID(150))
            let now = world.time.now()
            _ = try refresh.apply(
                after: ProfileID(100),
                to: ProfileID(150),
                by: try refresh.rule(SearchCompiler(), at: now, in: transaction),
                world.context(),
                in: transaction
            )
        }
        let query = HotQuery(
            "d.present IS DISTINCT FROM",
            values: [
                "fr", world.workspace, segmentation.id, ProfileID(100), ProfileID(150),
            ],
            index: "PRIMARY KEY",
            onPostgres: "_pkey",
            maySort: true,
            small: ["d"]
        )
        let complaint = try query.complaint(on: engine, world.statements, world.database)
        #expect(complaint == nil, "\(complaint ?? "")")
    }
}

extension World {
    /// 5,000 rows of as many profiles that are not there.
    fileprivate func fill(_ orders: CustomTable, _ engine: TestEngine) throws {
        try database.writeBlocking { transaction in
            let first = try transaction.allocate(5_000, .customRow, in: workspace)
            let stamp = try transaction.stamp().value
            let key = try #require(orders.businessKey).column
            try transaction.fill(
                orders.physicalName,
                ["id", "profile_id", key]
                    + ["created_at", "updated_at", "created_stamp", "updated_stamp"],
                (Int64(0)..<5_000).map { offset in
                    [
                        (first + offset).sql, (500 + offset).sql, "k\(offset)".sql,
                        transaction.moment.sql, transaction.moment.sql, stamp.sql, stamp.sql,
                    ]
                }
            )
            try transaction.keepStatistics(as: engine)
        }
    }

    /// 5,000 profiles, each in a segment of segmentation 1.
    fileprivate func fillMembers(_ engine: TestEngine) throws {
        try database.writeBlocking { transaction in
            let stamp = try transaction.stamp().value
            try transaction.fill(
                table.physicalName,
                ["id", "created_at", "updated_at", "created_stamp", "updated_stamp"],
                (Int64(1)...5_000).map { id in
                    [
                        id.sql, transaction.moment.sql, transaction.moment.sql, stamp.sql,
                        stamp.sql,
                    ]
                }
            )
            try transaction.fill(
                "segment_member",
                ["workspace_id", "segmentation_id", "profile_id", "segment_id"],
                (Int64(1)...5_000).map { [workspace.sql, 1.sql, $0.sql, 1.sql] }
            )
            _ = try transaction.allocate(5_000, .profile, in: workspace)
            try transaction.keepStatistics(as: engine)
        }
    }
}
