// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Foundation
import TestSupport
import Testing

@testable import Exports

@Suite struct RuleTests {
    @Test(
        arguments: [
            ("scenarized", 0, nil, 5_000, true), ("scenarized", 0, 100, 99, true),
            ("scenarized", 0, 100, 100 + 743, true), ("scenarized", 0, 100, 100 + 744, false),
            ("transactional", 0, 100, 100 + 744, false), ("oneShot", 0, nil, 743, true),
            ("oneShot", 0, nil, 744, false), ("abTest", 0, 1, 743, true),
            ("abTest", 0, 1, 744, false), ("oneShot", nil, nil, 0, false),
        ] as [(String, Int64?, Int64?, Int64, Bool)]
    )
    func `a campaign counts by its state at the event's moment, in hours`(
        kind: String,
        activated: Int64?,
        finished: Int64?,
        event: Int64,
        counts: Bool
    ) {
        let start = ManualTime.monday
        let rule = ActiveCampaignRule(
            kind: kind,
            activatedAt: activated.map { start + .hours($0) },
            finishedAt: finished.map { start + .hours($0) }
        )
        #expect(rule.includes(eventAt: start + .hours(event)) == counts)
    }

    @Test(arguments: [1, 50, 700, 1 << 20])
    func `events come out by moment, then id, however many runs there were`(limit: Int) throws {
        let folder = try TemporaryFolder()
        let sorter = EventSorter(limit: limit) { folder.path("run-\($0)") }
        var random = SeededRandomness(seed: UInt64(limit))
        var keys: [EventSorter.Key] = []
        for id in 0..<400 {
            let moment = Int64(id / 7) + Int64.random(in: 0...30, using: &random)
            keys.append(EventSorter.Key(moment: moment, id: Int64(id)))
        }
        for key in keys {
            try Array("\(key.moment):\(key.id)\n".utf8).withUnsafeBytes { bytes in
                try sorter.add(bytes, key)
            }
        }
        var text = ""
        try sorter.drain { text += String(decoding: $0, as: UTF8.self) }
        let expected = keys.sorted().map { "\($0.moment):\($0.id)\n" }.joined()
        #expect(text == expected)
        #expect(try folder.names().isEmpty)
    }

    @Test(arguments: [200, 2_000, 1 << 20])
    func `events that come nearly in order are given on while they come`(limit: Int) throws {
        var random = SeededRandomness(seed: UInt64(limit))
        let keys = (0..<400).map { id in
            EventSorter.Key(
                moment: Int64(id) + Int64.random(in: 0...3, using: &random),
                id: Int64(id)
            )
        }
        var text = ""
        let buffer = ReorderBuffer(limit: limit) { text += String(decoding: $0, as: UTF8.self) }
        for key in keys {
            try Array("\(key.moment):\(key.id)\n".utf8).withUnsafeBytes { bytes in
                try buffer.add(bytes, key)
            }
        }
        #expect(text.isEmpty == (limit > 10_000))
        try buffer.finish()
        #expect(text == keys.sorted().map { "\($0.moment):\($0.id)\n" }.joined())
    }

    @Test func `an event that comes too late for its place ends the attempt`() throws {
        let buffer = ReorderBuffer(limit: 20) { _ in }
        let add = { (moment: Int64, id: Int64) in
            try Array("12345".utf8).withUnsafeBytes { bytes in
                try buffer.add(bytes, EventSorter.Key(moment: moment, id: id))
            }
        }
        for moment in Int64(10)...16 { try add(moment, 1) }
        try add(15, 0)
        #expect(throws: ReorderBuffer.TooLate.self) { try add(10, 0) }
    }

    @Test(arguments: TestEngine.dialects)
    func `each window is read through its stamp index, without a sort`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        _ = try await world.list("news", of: table)
        for pair in ExportPair.allCases where pair.isAvailable {
            let definition = try world.definition(pair, table)
            let plans = try await world.database.read { connection in
                let export = ExportRecord.sample(definition, world.workspace)
                let reading = try RowReading(export, at: world.time.now(), in: connection)
                let query = reading.plan.query()
                let range = RowRange(Stamp(0)..<Stamp(10))
                let values = reading.parameters(range, 10)
                let scope: [any SQLConvertible] = reading.plan.isScoped ? [world.workspace] : []
                let place: [any SQLConvertible] = [Int64(0), Int64(0), Int64(10), 9]
                return [
                    try engine.plan(of: query, values, isLarge: true, in: connection),
                    try engine.plan(
                        of: reading.plan.boundaryQuery,
                        place + scope,
                        isLarge: true,
                        in: connection
                    ),
                ]
            }
            for plan in plans {
                #expect(
                    plan.indexes.contains { $0.contains("stamp") || $0.hasSuffix("_pages") },
                    "\(pair): \(plan)"
                )
                #expect(!plan.isSorted && plan.scans.isEmpty, "\(pair): \(plan)")
            }
        }
    }
}

extension ExportRecord {
    /// An export that was never stored.
    static func sample(_ definition: ExportDefinition, _ workspace: WorkspaceID) -> ExportRecord {
        ExportRecord(
            workspace: workspace,
            id: ExportID(1),
            definition: definition,
            state: .draft,
            schedule: nil,
            cutOff: nil,
            chainHead: nil,
            lastSeq: 0,
            epoch: 1,
            createdAt: Instant(seconds: 0),
            createdBy: "anna"
        )
    }
}
