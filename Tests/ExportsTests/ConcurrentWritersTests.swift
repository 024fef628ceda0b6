// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Exports
import Foundation
import Tasks
import TestSupport
import Testing

/// Exports run back to back beside eight writers (spec/goals.md, R6).
///
/// `MILLRACE_R6_CHANGES=1000000` makes it as long as the goal says, `MILLRACE_R6_SEED` another one.
@Suite struct ConcurrentWritersTests {
    static let changes = setting("MILLRACE_R6_CHANGES") ?? 200_000
    static let seed = UInt64(setting("MILLRACE_R6_SEED") ?? 1)

    @Test(arguments: [TestEngine.file, .postgres])
    func `each event is in one file and each state once, beside eight writers`(
        engine: TestEngine
    ) async throws {
        let ground = try await WritingGround(engine)
        let writers = ground.writers(seed: Self.seed, total: Self.changes)
        async let writing: Void = writers.run()
        var rounds = 0
        do {
            while writers.isAtWork {
                try await ground.exportAll(rounds)
                rounds += 1
                if rounds == 1 { writers.allowEnd() }
            }
        } catch {
            // The writers are waited for in any case.
            writers.allowEnd()
            throw error
        }
        try await writing
        try await ground.exportAll(rounds)
        let (changes, undone) = writers.result
        #expect(changes >= Self.changes && undone > 0 && rounds > 0)
        try await ground.check()
        print("R6 \(engine), seed \(Self.seed): \(changes) changes, \(undone) rolled back,")
        print("    \(rounds + 1) files of each export")
    }

    private static func setting(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init)
    }
}

/// A workspace with six exports, on two nodes where the engine has them.
private struct WritingGround {
    let world: World
    let nodes: [Database]
    let table: ProfileTable
    let list: MailingList
    let exports: [ExportPair: ExportID]

    private static let columns: [ExportPair: [String]] = [
        .profileCreated: ["profileId", "updateMoment", "points"],
        .profileUpdated: ["profileId", "updateMoment", "points"],
        .profileCreatedOrUpdated: ["profileId", "updateMoment", "points"],
        .profileChangesDeleted: ["profileId", "eventTime"],
        .profileChangesSubscriptionUpdates: ["profileId", "eventTime", "type"],
        .profileChangesConsentChanges: ["profileId", "eventTime", "consentValue"],
    ]

    init(_ engine: TestEngine) async throws {
        let time = ManualTime()
        let place = try engine.place(migrations: World.migrations)
        nodes = try (engine == .postgres ? 1...2 : 1...1).map { _ in
            try Database(
                place.address,
                migrations: World.migrations,
                time: time,
                randomness: SeededRandomness(),
                record: { _ in withExtendedLifetime(place) {} }
            )
        }
        world = try await World(nodes[0], time)
        table = try await world.table()
        list = try await world.list("news", of: table)
        var exports: [ExportPair: ExportID] = [:]
        for (pair, columns) in WritingGround.columns {
            let definition = try world.definition(pair, table, name: pair.rawValue) {
                $0.columns = columns.map { ExportColumn($0) }
            }
            exports[pair] = try await world.export(definition)
        }
        self.exports = exports
    }

    func writers(seed: UInt64, total: Int) -> Writers {
        Writers(nodes, table, list, seed: seed, total: total)
    }

    /// One file of each export, by the nodes in turn.
    func exportAll(_ round: Int) async throws {
        for export in exports.values {
            let task = try await world.execute(export, on: nodes[round % nodes.count])
            #expect(task.status == .completed, "\(task.outcome ?? task.failure ?? "")")
        }
        world.time.advance(by: .minutes(1))
    }

    func check() async throws {
        #expect(try world.verify().gap == nil)
        let living = try await profiles()
        try await checkStates(.profileCreated, living.mapValues { _ in nil })
        try await checkStates(.profileCreatedOrUpdated, living.mapValues(\.line))
        try await checkStates(
            .profileUpdated,
            living.filter { !$0.value.isAsCreated }.mapValues(\.line)
        )
        try await checkEvents(.profileChangesDeleted, "profile_deletion", "''")
        try await checkEvents(
            .profileChangesSubscriptionUpdates,
            "subscription_change",
            "CASE WHEN is_subscribed THEN ';SUBSCRIBE' ELSE ';UNSUBSCRIBE' END"
        )
        try await checkEvents(
            .profileChangesConsentChanges,
            "consent_change",
            "CASE WHEN consent_value THEN ';TRUE' ELSE ';FALSE' END"
        )
    }

    /// No state stands twice; the last line of each living profile is its present state, if given.
    private func checkStates(_ pair: ExportPair, _ expected: [Int64: String?]) async throws {
        var last: [Int64: Substring] = [:]
        var seen: Set<Substring> = []
        var twice = 0
        for line in try await lines(pair) {
            let cells = line.split(separator: ";", omittingEmptySubsequences: false)
            let isNew = seen.insert(pair == .profileCreated ? cells[0] : line).inserted
            if !isNew { twice += 1 }
            last[Int64(cells[0]) ?? 0] = line
        }
        #expect(twice == 0, "\(pair)")
        let wrong = expected.filter { id, line in
            guard let found = last[id] else { return true }
            return line.map { $0 != found } ?? false
        }
        #expect(wrong.isEmpty, "\(pair): \(wrong.count) of \(expected.count)")
        #expect(!expected.isEmpty)
    }

    /// The events of all files are those of the table, each once.
    private func checkEvents(_ pair: ExportPair, _ relation: String, _ word: String) async throws {
        let events = try await world.database.read { connection in
            try connection.rows(
                "SELECT profile_id, event_at, \(word) FROM \(relation) WHERE workspace_id = 1"
            ).map { row in
                let moment = clock(try row.get(1))
                return try "\(row.get(0, as: Int64.self));\(moment)\(row.get(2, as: String.self))"
            }
        }
        var missing = Set(events)
        let count = missing.count
        var strange = 0
        for line in try await lines(pair) where missing.remove(String(line)) == nil { strange += 1 }
        #expect(
            strange == 0 && missing.isEmpty,
            "\(pair): \(strange), \(missing.count) of \(count)"
        )
        #expect(count > 0)
    }

    /// The lines of all files of an export in their order.
    private func lines(_ pair: ExportPair) async throws -> [Substring] {
        let export = try #require(exports[pair])
        let runs = try await world.database.read { [store = world.store] in
            try store.runs(of: export, limit: 100_000, in: $0)
        }
        return try runs.reversed().flatMap { run in
            try world.text(run.fileName).split(separator: "\n").dropFirst()
        }
    }

    private func profiles() async throws -> [Int64: (line: String?, isAsCreated: Bool)] {
        let name = table.physicalName
        let points = try #require(table.attribute(named: "points")).column
        return try await world.database.read { connection in
            var found: [Int64: (line: String?, isAsCreated: Bool)] = [:]
            try connection.each(
                "SELECT id, updated_at, \(points), created_stamp, updated_stamp FROM \(name)"
            ) { row in
                let moment = clock(Instant(microseconds: row.integer(1)))
                let line = "\(row.integer(0));\(moment);\(row.integer(2))"
                found[row.integer(0)] = (line, row.integer(3) == row.integer(4))
                return true
            }
            return found
        }
    }
}

/// A moment of the test's first hours as a file shows it, in UTC.
private func clock(_ moment: Instant) -> String {
    let seconds = (moment.microseconds - ManualTime.monday.microseconds) / 1_000_000 + 8 * 3_600
    let parts = [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { part in
        part < 10 ? "0\(part)" : "\(part)"
    }
    return "2026-03-02 " + parts.joined(separator: ":")
}
