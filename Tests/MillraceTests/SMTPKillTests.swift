// SPDX-License-Identifier: Apache-2.0
import Database
import TestSupport
import Testing

/// The program is killed while it sends by SMTP: nobody gets a mail twice, and what nobody can know
/// is listed.
@Suite(.serialized) struct SMTPKillTests {
    @Test(.timeLimit(.minutes(30)), arguments: TestEngine.lasting)
    func `kills in the middle of a send by SMTP send nothing twice`(
        _ engine: TestEngine
    ) async throws {
        let server = try MailServer("--pipelining")
        let scenario = try await Scenario.make(
            engine,
            environment: ["MILLRACE_SMTP": "smtp://127.0.0.1:\(server.port)"]
        )
        let killer = try Killer(scenario.scratch)
        var round = 0
        while killer.struck["send", default: 0] < 5 {
            round += 1
            try #require(round <= 20, "the kills come too late to hit a send")
            try scenario.drop(round * 1_000..<(round * 1_000 + 1_000), round: round)
            let before = try scenario.importTasks()
            while try scenario.importTasks() == before {
                _ = try await killer.disturb(["imports", "run", "people"])
            }
            try await killer.seeThrough(atMost: 6)
        }
        let recipients = try server.recipients()
        #expect(Set(recipients).count == recipients.count)
        let found = try scenario.scratch.read { connection in
            try connection.rows("SELECT address, state, status FROM interaction").map {
                Contact(
                    address: try $0.get("address"),
                    state: try $0.get("state"),
                    status: try $0.get("status")
                )
            }
        }
        let sent = found.filter { $0.state == "sent" }.compactMap(\.address)
        let inDoubt = found.filter { $0.state == "inDoubt" }.compactMap(\.address)
        #expect(Set(sent).isSubset(of: recipients))
        #expect(Set(recipients).isSubset(of: Set(sent + inDoubt)))
        #expect(!found.contains { ["pending", "inFlight", "retry"].contains($0.state) })
        print("kill test on \(engine): \(killer.struck), \(inDoubt.count) in doubt")
    }

    private struct Contact {
        var address: String?
        var state: String
        var status: String?
    }
}
