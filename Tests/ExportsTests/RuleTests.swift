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
        for key in keys { try sorter.add(Array("\(key.moment):\(key.id)\n".utf8), key) }
        var text = ""
        try sorter.drain { text += String(decoding: $0, as: UTF8.self) }
        let expected = keys.sorted().map { "\($0.moment):\($0.id)\n" }.joined()
        #expect(text == expected)
        #expect(try folder.names().isEmpty)
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
            let plan = try await world.database.read { connection in
                let export = ExportRecord.sample(definition, world.workspace)
                let reading = try RowReading(export, in: connection)
                let query = reading.plan.query()
                let values = reading.parameters(query, (0, 0), 10, 10)
                return try engine.plan(of: query, values, isLarge: true, in: connection)
            }
            #expect(
                plan.indexes.contains { $0.contains("stamp") || $0.hasSuffix("_pages") },
                "\(pair): \(plan)"
            )
            #expect(!plan.isSorted && plan.scans.isEmpty, "\(pair): \(plan)")
        }
    }
}

extension TemporaryFolder {
    /// The names of the files in the folder.
    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path)
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
