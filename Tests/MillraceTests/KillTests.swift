// SPDX-License-Identifier: Apache-2.0
import Database
import Exports
import Foundation
import TestSupport
import Testing

/// The program is killed at random moments and at every failpoint; nothing is lost or doubled.
@Suite(.serialized) struct KillTests {
    @Test(.timeLimit(.minutes(30)), arguments: TestEngine.lasting)
    func `after fifty kills at random moments every ledger closes and every delta tiles`(
        _ engine: TestEngine
    ) async throws {
        let scenario = try await Scenario.make(engine)
        let killer = try Killer(scenario.scratch)
        var doubted: Set<Int64> = []
        var round = 0
        let wanted: Set = ["profile_import", "send", "incremental_export"]
        while killer.kills < 50 || !wanted.isSubset(of: killer.struck.keys) {
            round += 1
            try #require(round <= 40, "the kills come too late to hit anything")
            try await play(round, scenario, killer)
            let now = Set(try Audit(scenario.scratch).inDoubt())
            #expect(doubted.isSubset(of: now), "what was in doubt was sent again by itself")
            doubted = now
        }
        try await scenario.runExports()
        try Audit(scenario.scratch).check()
        try ExportAudit(scenario.scratch).check()
        try await expectListed(doubted, scenario.scratch)
        try await scenario.scratch.run(["serve", "--until-idle"])
        Audit(scenario.scratch).checkSpool()
        #expect(try scenario.scratch.open().integrityProblems().isEmpty)
        print("kill test on \(engine): \(killer.kills) kills in \(round) rounds: \(killer.struck)")
    }

    /// One file, its send and the exports after it, each under fire.
    private func play(_ round: Int, _ scenario: Scenario, _ killer: Killer) async throws {
        try scenario.drop(round == 1 ? 1..<3_000 : (round * 40)..<(round * 40 + 900), round: round)
        let before = try scenario.importTasks()
        while try scenario.importTasks() == before {
            _ = try await killer.disturb(["imports", "run", "people"])
        }
        try await killer.seeThrough(atMost: 8)
        try Audit(scenario.scratch).check()
        let exports = Scenario.exports.map(\.pair.rawValue)
        for offset in 0..<3 {
            _ = try await killer.disturb(
                ["export", "run", exports[(round * 3 + offset) % exports.count]]
            )
        }
        try await killer.seeThrough(atMost: 3)
    }

    /// The tasks that left messages in doubt say so and list them.
    private func expectListed(_ doubted: Set<Int64>, _ scratch: Scratch) async throws {
        let audit = Audit(scratch)
        let tasks = try audit.integers(
            """
            SELECT DISTINCT task_id FROM send JOIN interaction ON interaction.send_id = send.id
            WHERE interaction.state = 'inDoubt' ORDER BY 1
            """
        )
        var listed = 0
        for task in tasks {
            let report = scratch.folder.path("excluded-\(task).csv")
            try await scratch.run(["tasks", "report", "\(task)", "--excluded", "-o", report])
            let text = try String(contentsOfFile: report, encoding: .utf8)
            listed += text.split(whereSeparator: \.isNewline).count {
                $0.localizedCaseInsensitiveContains("doubt")
            }
        }
        #expect(listed == doubted.count)
    }
}
