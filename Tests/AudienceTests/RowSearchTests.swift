// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import TestSupport
import Testing

/// Searches for segments and for rows of custom tables.
@Suite struct RowSearchTests {
    @Test(arguments: TestEngine.allCases)
    func `profiles are found by the rows that they have`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let orders = try world.customTable()
        for name in ["ann", "bob", "cid"] { try world.create(["userId": name]) }
        for (number, name, amount) in [("1", "ann", "5"), ("2", "ann", "50"), ("3", "bob", "7")] {
            try world.createRow(
                ["orderNumber": number, "userId": name, "amount": amount],
                in: orders
            )
        }
        let expected: [(String, Int)] = [
            (#"{"rows":"orders"}"#, 2), (#"{"rows":"ORDERS","atLeast":2}"#, 1),
            (#"{"rows":"orders","atMost":0}"#, 1),
            (#"{"rows":"orders","atLeast":1,"atMost":1}"#, 1),
            (#"{"rows":"orders","atLeast":0}"#, 3),
            (#"{"rows":"orders","where":{"attribute":"amount","lessThan":10}}"#, 2),
            (#"{"rows":"orders","atLeast":2,"where":{"attribute":"amount","lessThan":10}}"#, 0),
            (#"{"not":{"rows":"orders","where":{"attribute":"orderNumber","is":"3"}}}"#, 2),
            (
                #"{"rows":"orders","where":{"all":[{"attribute":"creationMoment","withinDays":1},"#
                    + #"{"not":{"attribute":"state","is":"paid"}}]}}"#, 2
            ),
        ]
        for (expression, count) in expected {
            #expect(try world.count(expression) == count, "\(expression)")
        }
    }

    @Test func `a wrong condition on rows names its place`() throws {
        let world = try World(.memory)
        _ = try world.customTable()
        _ = try world.customTable("shops", .repository)
        let expected = [
            #"{"rows":"shops"}"#: "rows", #"{"rows":7}"#: "rows",
            #"{"rows":"orders","atLeast":-1}"#: "atLeast",
            #"{"rows":"orders","more":1}"#: "more",
            #"{"rows":"orders","where":{"attribute":"nothing","is":1}}"#: "where.attribute",
            #"{"rows":"orders","where":{"list":"newsletter"}}"#: "where.list",
            #"{"rows":"orders","where":{"attribute":"userId","is":"a"}}"#: "where.attribute",
            #"{"segment":"none"}"#: "segment",
        ]
        for (expression, place) in expected {
            let error = try audienceError { _ = try world.count(expression) }
            guard case .badExpression(_, let path) = error else {
                Issue.record("\(expression): \(String(describing: error))")
                continue
            }
            #expect(path == place, "\(expression)")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `profiles are found by their segment`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let ids = try ["ann", "bob", "cid"].map { try world.create(["userId": $0]).id }
        try world.database.writeBlocking { transaction in
            let store = SegmentationStore(world.workspace)
            let vip = try store.create(
                SegmentationDefinition(
                    name: "vip",
                    kind: .simple,
                    segments: [NewSegment(.everyone)]
                ),
                over: world.table,
                by: world.context(),
                in: transaction
            )
            let level = try store.create(
                SegmentationDefinition(
                    name: "level",
                    kind: .exclusive,
                    segments: [NewSegment("gold", .everyone), NewSegment("tin", .everyone)]
                ),
                over: world.table,
                by: world.context(),
                in: transaction
            )
            let columns = ["workspace_id", "segmentation_id", "profile_id", "segment_id"]
            try transaction.fill(
                "segment_member",
                columns,
                [
                    [world.workspace.sql, vip.id.sql, ids[0].sql, vip.segments[0].id.sql],
                    [world.workspace.sql, level.id.sql, ids[0].sql, level.segments[0].id.sql],
                    [world.workspace.sql, level.id.sql, ids[1].sql, level.segments[1].id.sql],
                ]
            )
        }
        let expected: [(String, Int)] = [
            (#"{"segment":"vip"}"#, 1), (#"{"segment":"vip","is":false}"#, 2),
            (#"{"segment":"level"}"#, 2), (#"{"segment":"level","is":"Gold"}"#, 1),
            (#"{"segment":"level","is":null}"#, 1),
            (#"{"all":[{"segment":"vip"},{"segment":"level","is":"tin"}]}"#, 0),
        ]
        for (expression, count) in expected {
            #expect(try world.count(expression) == count, "\(expression)")
        }
        let wrong = try audienceError { _ = try world.count(#"{"segment":"vip","is":"x"}"#) }
        #expect(wrong?.description.contains("at is: expected true or false") == true)
    }
}
