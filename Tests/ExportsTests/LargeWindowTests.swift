// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Exports
import TestSupport
import Testing

/// Windows that several readers share.
@Suite struct LargeWindowTests {
    @Test(arguments: TestEngine.allCases)
    func `several readers make the file that one makes`(_ engine: TestEngine) async throws {
        let world = try await World(engine, sortLimit: 20_000, largeWindow: 0)
        let table = try await world.table()
        try await world.fill(table, 9_001)
        let now = world.time.now()
        try await world.insert(CampaignRow(id: 1, activatedAt: now), table)
        for part in Int64(0)..<7 {
            let rows = (part * 1_000 + 1...part * 1_000 + 1_000).map { id in
                InteractionRow(
                    id: id,
                    campaign: 1,
                    profile: ProfileID(id),
                    at: now + .seconds((id * 7_919) % 100 + part * 60)
                )
            }
            try await world.insert(rows, table)
        }
        let profiles = try await world.export(
            try world.definition(.profileCreated, table, name: "profiles") {
                $0.columns = [ExportColumn("profileId")]
            }
        )
        #expect(try await world.lines(profiles) == (1...9_001).map { "\($0)" })
        let events = try await world.export(
            try world.definition(.emailSent, table, name: "events") {
                $0.columns = [ExportColumn("eventTime"), ExportColumn("interactionId")]
            }
        )
        let lines = try await world.lines(events)
        #expect(lines.count == 7_000 && Set(lines).count == 7_000)
        let keys = lines.map { line in
            let parts = line.split(separator: ";")
            return (String(parts[0]), Int64(parts[1]) ?? 0)
        }
        #expect(zip(keys, keys.dropFirst()).allSatisfy { $0 < $1 })
        world.time.advance(by: .hours(1))
        #expect(try await world.lines(events).isEmpty)
        #expect(try world.verify().gap == nil)
    }
}
