// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Imports
import Synchronization
import Tasks
import TestSupport
import Testing

@Suite struct CrashTests {
    static let failpoints = [
        "import.fetched", "import.staged", "import.begun", "import.batch", "import.merged",
        "import.ended",
    ]

    private static let small = """
        userId,emailAddress,firstName,marketingConsent,newsletter
        a,ann@a.example,Ann,1,1
        b,bob@b.example,Bob,perhaps,0
        c,cid@c.example,Cid,0,1
        c,cid@c.example,Dup,0,1
        d,x
        ,e,,,
        e,e@e.example,Eve,,1
        """

    /// More rows than one transaction takes and than it takes to leave indexes out.
    private static let large: String = {
        var rows = (0..<21_000).map { number in
            "k\((number * 7919) % 21_000),p\(number)@a.example,N\(number % 50)"
        }
        for line in stride(from: 100, to: 20_000, by: 1_999) { rows[line] = rows[line - 50] }
        rows[777] = ",nobody@a.example,X"
        rows[778] = "short"
        return "userId,emailAddress,firstName\n" + rows.joined(separator: "\n")
    }()

    @Test(arguments: TestEngine.allCases, failpoints)
    func `an import that is cut short ends as if it had not been`(
        engine: TestEngine,
        failpoint: String
    ) async throws {
        let calm = try ImportHarness(engine)
        let expected = try await calm.run(CrashTests.small)
        let harness = try ImportHarness(engine)
        try await interrupt(harness, CrashTests.small, failpoint, 1, expected)
        #expect(try harness.profiles() == calm.profiles())
    }

    /// What comes of the large file when nothing happens on the way.
    private static let calm = Task {
        let harness = try ImportHarness(.memory)
        return (try await harness.run(large), try harness.profiles())
    }

    @Test(arguments: TestEngine.lasting, failpoints)
    func `a large import into an empty table goes on where it stood`(
        _ engine: TestEngine,
        failpoint: String
    ) async throws {
        let (expected, profiles) = try await CrashTests.calm.value
        let pass = failpoint == "import.batch" ? 3 : 1
        let harness = try ImportHarness(engine)
        try await interrupt(harness, CrashTests.large, failpoint, pass, expected)
        #expect(try harness.profiles() == profiles)
    }

    private func interrupt(
        _ harness: ImportHarness,
        _ text: String,
        _ failpoint: String,
        _ pass: Int,
        _ expected: Ended
    ) async throws {
        let indexes = try harness.indexes()
        harness.recorder.arm(failpoint, pass: pass)
        let task = try harness.enqueue(Array(text.utf8))
        try await harness.worker.runUntilIdle()
        #expect(harness.recorder.passed.last == failpoint)
        try await harness.recover()
        let ended = try harness.ended(task)
        #expect(ended.task.status == expected.task.status, "\(ended.task.failure ?? "")")
        #expect(ended.breakdown == expected.breakdown)
        #expect(ended.verdicts == expected.verdicts)
        #expect(ended.accepted == expected.accepted)
        #expect(harness.listener.heard == ["started 1/0", "ended 1/0"])
        #expect(try harness.indexes() == indexes)
        #expect(Set(ended.accepted.map(\.line)).count == ended.accepted.count)
    }

    @Test(arguments: TestEngine.lasting)
    func `another writer has its turn while a large import merges`(
        _ engine: TestEngine
    ) async throws {
        let harness = try ImportHarness(engine)
        let task = try harness.enqueue(Array(CrashTests.large.utf8))
        // The merge may be quicker than a writer that waits for the machine.
        harness.recorder.hold("import.batch")
        async let runs = harness.worker.runUntilIdle()
        defer { harness.recorder.release("import.batch") }
        var writes = 0
        while try !harness.ended(task).task.status.isEnded {
            let isMerging = harness.recorder.passed.contains("import.batch")
            try await harness.database.write { transaction in
                try transaction.execute("UPDATE list SET note = $1", ["touched"])
            }
            guard isMerging else { continue }
            writes += 1
            if writes == 2 { harness.recorder.release("import.batch") }
        }
        #expect(try await runs == 1)
        #expect(writes > 1)
        let (expected, profiles) = try await CrashTests.calm.value
        #expect(try harness.ended(task).breakdown == expected.breakdown)
        #expect(try harness.profiles() == profiles)
        #expect(harness.recorder.passed.filter { $0 == "import.batch" }.count > 1)
    }

    @Test(arguments: TestEngine.allCases, failpoints)
    func `a replay that is cut short ends as if it had not been`(
        engine: TestEngine,
        failpoint: String
    ) async throws {
        let harness = try ImportHarness(engine)
        let task = try await harness.run(CrashTests.small).task.id
        let corrected = try harness.rejects(of: task)
            .replacingPrefixes(["b,bob@b.example,Bob,perhaps": "b,bob@b.example,Bob,1"])
        harness.recorder.arm(failpoint)
        _ = try harness.enqueueReplay(corrected, into: task)
        try await harness.worker.runUntilIdle()
        try await harness.recover()
        let ended = try harness.ended(task)
        #expect(ended.breakdown.imported == 4)
        #expect(
            ended.verdicts == [
                "5 duplicate duplicate", "6 wrongColumns wrongColumns",
                "7 emptyIdentifier emptyIdentifier",
            ]
        )
        #expect(ended.accepted.filter { $0.batch == 1 }.map(\.line) == [3])
        #expect(
            harness.listener.heard == [
                "started 1/0", "ended 1/0", "started 1/1", "ended 1/1",
            ]
        )
    }

    @Test(arguments: TestEngine.lasting, failpoints)
    func `an automated import that is cut short takes its file once`(
        _ engine: TestEngine,
        failpoint: String
    ) async throws {
        let harness = try ImportHarness(engine)
        let id = try harness.create(try harness.definition(aftermath: .move))
        try harness.drop("a.csv", CrashTests.small)
        harness.recorder.arm(failpoint)
        let task = try harness.runNow(id)
        try await harness.worker.runUntilIdle()
        try await harness.recover()
        #expect(try harness.ended(task).breakdown.imported == 3)
        #expect(try harness.files("in/processed") == ["a.csv"])
        #expect(try harness.tasks().count == 1)
        #expect(harness.listener.heard == ["started 1/0", "ended 1/0"])
    }

    @Test(arguments: TestEngine.lasting)
    func `large imports into an empty table leave indexes out and build them again`(
        _ engine: TestEngine
    )
        async throws
    {
        let harness = try ImportHarness(engine)
        let all = try harness.indexes()
        harness.recorder.arm("import.batch")
        let task = try harness.enqueue(Array(CrashTests.large.utf8))
        try await harness.worker.runUntilIdle()
        #expect(try harness.indexes().count < all.count)
        try await harness.recover()
        #expect(try harness.indexes() == all)
        #expect(try harness.ended(task).steps.contains { $0.contains("is gone") })
    }

    @Test(arguments: TestEngine.lasting)
    func `a profile that someone else made meanwhile is updated, not made twice`(
        _ engine: TestEngine
    )
        async throws
    {
        let harness = try ImportHarness(engine)
        harness.recorder.arm("import.batch")
        let task = try harness.enqueue(Array(CrashTests.large.utf8))
        try await harness.worker.runUntilIdle()
        let other = try await harness.run("userId,lastName\nk9999,Other\n")
        #expect(other.breakdown.created == 1)
        try await harness.recover()
        let ended = try harness.ended(task)
        let expected = try await CrashTests.calm.value.0
        #expect(ended.breakdown.updated == 1)
        #expect(ended.breakdown.created == expected.breakdown.created - 1)
        #expect(ended.verdicts == expected.verdicts)
        #expect(try harness.profiles().filter { $0["userId"] == "k9999" }.count == 1)
    }

    @Test(arguments: TestEngine.dialects)
    func `an import that ends Fatal leaves no index out`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let all = try harness.indexes()
        try harness.database.writeBlocking { transaction in
            try engine.breakInsertions("import_row", where: "profile_id > 5000", in: transaction)
        }
        let task = try harness.enqueue(Array(CrashTests.large.utf8))
        try await harness.worker.runUntilIdle()
        let fatal = try harness.ended(task)
        #expect(fatal.task.status == .fatal)
        #expect(fatal.steps.contains { $0.contains("rows of") && $0.contains("were written") })
        #expect(!fatal.accepted.isEmpty)
        #expect(try harness.indexes() == all)
        try harness.database.writeBlocking { try engine.mend("import_row", in: $0) }
        try harness.database.writeBlocking { transaction in
            try TaskStore(harness.workspace).retry(task, by: harness.context, in: transaction)
        }
        try await harness.recover()
        let ended = try harness.ended(task)
        #expect(ended.task.status == .error)
        #expect(ended.breakdown.closes)
        #expect(ended.accepted.count == ended.breakdown.imported)
    }

    @Test(arguments: TestEngine.dialects)
    func `a stop ends the import at its next safe place`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        harness.recorder.arm("import.batch", pass: 2)
        let task = try harness.enqueue(Array(CrashTests.large.utf8))
        try await harness.worker.runUntilIdle()
        try harness.database.writeBlocking { transaction in
            try TaskStore(harness.workspace).stop(task, by: harness.context, in: transaction)
        }
        try await harness.recover()
        let ended = try harness.ended(task)
        #expect(ended.breakdown.closes)
        #expect(ended.breakdown.notReached > 0)
        #expect(ended.accepted.count == ended.breakdown.imported)
        #expect(ended.task.outcome?.contains("Stopped on request") == true)
    }
}
