// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// Every place between two numbered steps of a protocol, with a crash at each.
struct FailpointTests {
    /// The failpoints of all rooms, in the order of their names.
    static let names = [
        "export.delivered", "export.filePut", "export.named", "export.planned", "export.put",
        "export.sealed",
        "import.batch", "import.begun", "import.ended", "import.fetched", "import.forecast",
        "import.merged",
        "import.staged", "put.chunk", "put.synced", "put.written", "send.begun", "send.chunk",
        "send.claimed",
        "send.handedOver", "send.planned", "send.recorded", "send.witnessed", "spool.begun",
        "spool.published", "spool.removed", "spool.uploaded", "trigger.due",
    ]

    @Test func `the list of failpoints is what the rooms pass`() throws {
        var found: Set<String> = []
        let sources = "\(Scratch.repository)/Sources"
        for path in Scratch.files(below: sources) where path.hasSuffix(".swift") {
            let text = try String(contentsOfFile: "\(sources)/\(path)", encoding: .utf8)
            for match in text.matches(of: #/failpoints\.pass\("([^"]+)"/#) {
                found.insert(String(match.1))
            }
        }
        // Those of moves have tests of their own, for nothing else is under way then; those of bulks
        // too, for no command makes one, and those of webhooks, mailboxes, executed searches, split tests,
        // texts, segmentations, cleared tables and drops of files.
        let apart = [
            "move.", "bulk.", "erasure.", "search.", "webhook.", "mailbox.", "split.", "text.",
            "segment.", "table.", "drop.",
        ]
        let others = found.filter { name in !apart.contains(where: name.hasPrefix) }
        #expect(others.sorted() == Self.names)
    }

    @Test(.timeLimit(.minutes(30)), arguments: TestEngine.lasting)
    func `a crash at any failpoint leaves nothing to repair`(_ engine: TestEngine) async throws {
        // A spool in the database has failpoints of its own; the kill tests have one in a folder.
        let scenario = try await Scenario.make(engine, environment: ["MILLRACE_SPOOL": "database"])
        for (index, name) in Self.names.enumerated() {
            try scenario.drop((index * 10)..<(index * 10 + 90), round: index + 1)
            let wasHit = try await crash(at: name, scenario)
            #expect(wasHit, "\(name) was not reached")
            let ended = try await scenario.scratch.run("serve", "--until-idle")
            #expect(ended.code == 0, "\(name): \(ended.error)")
            try Audit(scenario.scratch).check()
        }
        try await scenario.runExports()
        try ExportAudit(scenario.scratch).check()
        try await scenario.scratch.run(["serve", "--until-idle"])
        Audit(scenario.scratch).checkSpool()
        try Audit(scenario.scratch).checkSpoolRows()
    }

    /// Runs an import with its send, then an export, until one is killed at the failpoint.
    private func crash(at name: String, _ scenario: Scenario) async throws -> Bool {
        let environment = ["MILLRACE_CRASH_AT": name]
        for command in [
            ["imports", "run", "people"], ["export", "run", "profile.createdOrUpdated"],
            ["import", "--dry-run", "\(Scratch.repository)/Samples/people.csv"],
        ] {
            let ended = try await scenario.scratch.start(command, environment).end()
            if ended.signal == SIGKILL { return true }
        }
        return false
    }
}
