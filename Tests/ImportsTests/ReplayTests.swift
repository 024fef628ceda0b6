// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Imports
import Tasks
import TestSupport
import Testing

@Suite struct ReplayTests {
    private let file = """
        userId,emailEnabled,firstName
        a,1,Ann
        a,0,Again
        b,perhaps,Bob
        ,1,Cid
        d,1
        e,1,Eve,extra,more
        f,1,Fay
        """

    @Test(arguments: TestEngine.allCases)
    func `the rejects file has the original columns first`(engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let ended = try await harness.run(file)
        let lines = try harness.rejects(of: ended.task.id).split(separator: "\n")
        #expect(
            lines.first == """
                userId,emailEnabled,firstName,millrace_extra_1,millrace_extra_2,\
                millrace_line,millrace_column,millrace_code,millrace_message
                """
        )
        #expect(
            lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
                .map { $0.prefix(8).joined(separator: ",") } == [
                    "a,0,Again,,,3,,duplicate", "b,perhaps,Bob,,,4,emailEnabled,notABoolean",
                    ",1,Cid,,,5,,emptyIdentifier", "d,1,,,,6,,wrongColumns",
                    "e,1,Eve,extra,more,7,,wrongColumns",
                ]
        )
    }

    @Test(arguments: TestEngine.allCases)
    func `corrected rows join the task and it becomes Completed`(engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let task = try await harness.run(file).task.id
        let corrected = try harness.rejects(of: task)
            .replacingPrefixes([
                "a,0,Again": "g,0,Gus", "b,perhaps": "b,1", ",1,Cid": "c,1,Cid",
                "d,1,,": "d,1,Dee,", "e,1,Eve,extra,more": "e,1,Eve,,",
            ])
        let replay = try await harness.replay(corrected, into: task)
        #expect(replay.task.status == .completed, "\(replay.task.outcome ?? "")")
        #expect(replay.breakdown.total == 5)
        let ended = try harness.ended(task)
        #expect(ended.task.status == .completed)
        #expect(ended.lines == ["Total: 7", "Imported: 7", "Warnings: 0", "Total failed: 0"])
        #expect(ended.problems.isEmpty)
        #expect(ended.accepted.filter { $0.batch == 1 }.map(\.line) == [3, 4, 5, 6, 7])
        #expect(try harness.profiles().count == 7)
        #expect(
            harness.listener.heard == [
                "started 1/0", "ended 1/0", "started 1/1", "ended 1/1",
            ]
        )
    }

    @Test(arguments: TestEngine.allCases)
    func `untouched rows fail as before`(engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let before = try await harness.run(file)
        let rejects = try harness.rejects(of: before.task.id)
        for _ in 0..<2 {
            let replay = try await harness.replay(rejects, into: before.task.id)
            #expect(replay.task.status == .error)
            let after = try harness.ended(before.task.id)
            #expect(after.lines == before.lines)
            #expect(after.verdicts == before.verdicts)
            #expect(after.problems.map(\.fields) == before.problems.map(\.fields))
            #expect(try harness.rejects(of: before.task.id) == rejects)
        }
        #expect(try harness.values(of: "firstName")["a"] == "Ann")
    }

    @Test(arguments: TestEngine.dialects)
    func `some rows corrected bring the breakdown up to date`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let task = try await harness.run(file).task.id
        let corrected = try harness.rejects(of: task).replacingPrefixes(["b,perhaps": "b,1"])
        _ = try await harness.replay(corrected, into: task)
        let ended = try harness.ended(task)
        #expect(ended.task.status == .error)
        #expect(ended.breakdown.imported == 3)
        #expect(ended.breakdown.notSaved == 0)
        #expect(ended.task.outcome == "3 of 7 rows imported, 4 failed.")
        let second = try harness.rejects(of: task).replacingPrefixes([",1,Cid": "c,1,Cid"])
        _ = try await harness.replay(second, into: task)
        let last = try harness.ended(task)
        #expect(last.breakdown.imported == 4)
        #expect(last.accepted.map(\.batch) == [0, 1, 2, 0])
    }

    @Test(arguments: TestEngine.dialects)
    func `foreign and repeated lines are refused and counted`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let task = try await harness.run(file).task.id
        let replay = try await harness.replay(
            """
            userId,emailEnabled,firstName,millrace_line
            b,1,Bob,4
            x,1,Bob,4
            y,1,Yve,2
            z,1,Zed,99
            w,1,Wim,many
            """,
            into: task
        )
        #expect(replay.breakdown.total == 1)
        #expect(replay.result?.foreignRows == 4)
        #expect(replay.task.outcome?.contains("4 rows") == true)
        #expect(try harness.profiles().compactMap { $0["userId"] } == ["a", "f", "b"])
    }

    @Test(arguments: TestEngine.dialects)
    func `a file without line numbers is no rejects file`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let task = try await harness.run(file).task.id
        let text = "userId,emailEnabled,firstName\nb,1,Bob\n"
        let replay = try await harness.replay(text, into: task)
        #expect(replay.task.status == .fatal)
        #expect(try harness.ended(task).breakdown.imported == 2)
    }

    @Test(arguments: TestEngine.dialects)
    func `only an import with a ledger takes replays`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let fatal = try await harness.run("")
        let forecast = try await harness.run(file, isDryRun: true)
        let good = try await harness.run(file)
        let rejects = try harness.rejects(of: good.task.id)
        let replay = try await harness.replay(rejects, into: good.task.id)
        for task in [fatal.task.id, forecast.task.id, replay.task.id] {
            #expect(throws: ImportError.self) {
                try harness.enqueueReplay(rejects, into: task)
            }
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `warned rows are not replayed`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let task = try await harness.run("userId,language\na,klingon\n").task.id
        let rejects = try harness.rejects(of: task, failedOnly: false)
        #expect(rejects.contains("unknownLanguage"))
        let replay = try await harness.replay(rejects, into: task)
        #expect(replay.breakdown.total == 0)
        #expect(try harness.ended(task).breakdown.warnings == 1)
    }

    @Test(arguments: TestEngine.dialects)
    func `trying an import again that ended Error changes nothing`(
        _ engine: TestEngine
    ) async throws {
        let harness = try ImportHarness(engine)
        let before = try await harness.run(file)
        try harness.database.writeBlocking { transaction in
            try TaskStore(harness.workspace)
                .retry(before.task.id, by: harness.context, in: transaction)
        }
        try await harness.worker.runUntilIdle()
        let after = try harness.ended(before.task.id)
        #expect(after.task.status == .error)
        #expect(after.breakdown == before.breakdown)
        #expect(after.accepted == before.accepted)
    }
}

extension String {
    /// The text with other beginnings of some lines.
    func replacingPrefixes(_ changes: [String: String]) -> String {
        split(separator: "\n", omittingEmptySubsequences: false).map { line in
            for (old, new) in changes where line.hasPrefix(old) {
                return new + line.dropFirst(old.count)
            }
            return String(line)
        }.joined(separator: "\n")
    }
}
