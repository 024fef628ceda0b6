// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Exports
import Files
import Foundation
import Tasks
import TestSupport
import Testing

/// A random history, exported at random moments: nothing is lost, nothing is there twice.
@Suite struct TilingTests {
    @Test(arguments: [1, 2, 3, 4], TestEngine.allCases)
    func `six files of a random history tile`(seed: UInt64, engine: TestEngine) async throws {
        let world = try await World(engine, sortLimit: 200)
        var random = SeededRandomness(seed: seed)
        let story = try await Story(world)
        for round in 1...6 {
            for _ in 0..<Int.random(in: 0...12, using: &random) { try await story.step(&random) }
            let point = ["", "export.planned", "export.sealed", "export.filePut", "export.put"]
                .randomElement(using: &random)
            for export in story.exports.values {
                try await story.execute(export, crashingAt: point ?? "")
            }
            world.time.advance(by: .hours(Int64(round)))
        }
        for export in story.exports.values { try await story.execute(export, crashingAt: "") }
        try await story.check()
    }
}

/// What happened, and what the files must therefore hold.
private final class Story {
    let world: World
    let table: ProfileTable
    let list: MailingList
    var exports: [ExportPair: ExportID] = [:]
    private var living: [ProfileID] = []
    private var created = 0
    private var deleted: [String] = []
    private var changes: [String] = []

    init(_ world: World) async throws {
        self.world = world
        table = try await world.table()
        list = try await world.list("news", of: table)
        for pair in [
            ExportPair.profileCreated, .profileCreatedOrUpdated, .profileChangesDeleted,
            .profileChangesSubscriptionUpdates,
        ] {
            exports[pair] = try await world.export(
                try world.definition(pair, table, name: pair.rawValue) {
                    $0.columns =
                        [ExportColumn("profileId")]
                        + (pair == .profileChangesSubscriptionUpdates ? [ExportColumn("type")] : [])
                    $0.transfer.compression = pair == .profileCreated ? .gzip : .none
                }
            )
        }
    }

    func step(_ random: inout SeededRandomness) async throws {
        world.time.advance(by: .seconds(Int64.random(in: 0...90, using: &random)))
        guard let someone = living.randomElement(using: &random), Bool.random(using: &random) else {
            created += 1
            living.append(try await world.create(["userId": "u\(created)"], in: table))
            return
        }
        switch Int.random(in: 0...2, using: &random) {
        case 0:
            try await world.erase(someone, from: table)
            living.removeAll { $0 == someone }
            deleted.append("\(someone)")
        case 1:
            let points = Int.random(in: 0...1_000_000, using: &random)
            try await world.update(someone, ["points": "\(points)"], in: table)
        default:
            let isOn = Bool.random(using: &random)
            let before = try await standing(of: someone)
            try await world.subscribe(someone, to: list, isOn, in: table)
            if before != isOn { changes.append("\(someone);\(isOn ? "SUBSCRIBE" : "UNSUBSCRIBE")") }
        }
    }

    /// Executes an export, and goes on after the crash that a failpoint stands for.
    func execute(_ export: ExportID, crashingAt point: String) async throws {
        let task = try await world.execute(export, Crash.at(point))
        guard task.status == .executing else { return #expect(task.status == .completed) }
        world.time.advance(by: .seconds(61))
        let again = try await world.attempt(task.id)
        #expect(again.status == .completed, "\(again.failure ?? "")")
    }

    func check() async throws {
        let report = try world.verify()
        #expect(report.gap == nil)
        #expect(report.manifests == 28)
        #expect(try await rows(.profileChangesDeleted) == deleted)
        #expect(try await rows(.profileChangesSubscriptionUpdates) == changes)
        let createds = try await rows(.profileCreated)
        #expect(Set(createds).count == createds.count)
        #expect(Set(createds).isSuperset(of: living.map { "\($0)" }))
        let states = Set(try await rows(.profileCreatedOrUpdated))
        #expect(states.isSuperset(of: living.map { "\($0)" }))
    }

    private func rows(_ pair: ExportPair) async throws -> [String] {
        let export = try #require(exports[pair])
        var rows: [String] = []
        for run in try await world.runs(of: export).reversed() {
            var bytes: [UInt8] = []
            try Unpacker.read(path: world.folder.path("out/\(run.fileName)")) { chunk in
                bytes += Array(chunk)
                return true
            }
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            rows += lines.dropFirst().map(String.init)
        }
        return rows
    }

    private func standing(of profile: ProfileID) async throws -> Bool {
        let workspace = world.workspace
        return try await world.database.read { connection in
            try SubscriptionStore(workspace).all(of: profile, in: connection)
                .contains { $0.isSubscribed }
        }
    }
}
