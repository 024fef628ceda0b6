// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Tasks
import TestSupport
import Testing

@testable import Imports

@Suite struct BulkJobTests {
    /// Bulks whose members meet each other's: the order tells.
    private static let requests = (0..<6).map { number in
        """
        {"import_id":"i","members":[
         {"properties":{"email":"shared@a.example","firstName":"N\(number)"},
          "consents":{"newsletter":{"status":\(number % 2 == 0)}}},
         {"properties":{"email":"own\(number)@a.example","points":\(number)}},
         {"properties":{"points":\(number)}}]}
        """
    }

    /// What must hold once all of them are finished.
    private func expectApplied(_ harness: BulkHarness, _ bulks: [MemberBulk]) throws {
        let ended = try bulks.map { try harness.find($0.id) }
        #expect(ended.map(\.status) == Array(repeating: .finished, count: 6))
        #expect(ended[0].counts == [2, 0, 0, 1])
        #expect(ended.dropFirst().map(\.counts) == Array(repeating: [1, 1, 0, 1], count: 5))
        #expect(try harness.values("firstName").compactMap { $0 } == ["N5"])
        #expect(try harness.values("emailAddress").count == 7)
        #expect(try harness.rows("SELECT id FROM subscription_change").count == 2)
        for bulk in ended {
            let task = try harness.task(bulk.task)
            #expect(task.status == .error)
            let ledger: BulkBreakdown? = try task.result()
            #expect(ledger?.closes == true)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `bulks that wait are applied with the first, in their order`(
        _ engine: TestEngine
    ) async throws {
        let harness = try BulkHarness(engine)
        let bulks = try BulkJobTests.requests.map { try harness.post($0) }
        try await harness.worker.runUntilIdle()
        #expect(harness.recorder.passed.contains("bulk.joined"))
        try expectApplied(harness, bulks)
        let last = try harness.task(bulks[5].task)
        #expect(last.attempts == 1)
        #expect(last.node != nil)
        let steps = try harness.database.readBlocking { connection in
            try TaskStore(harness.workspace).steps(of: last.id, in: connection).map(\.words)
        }
        #expect(
            steps == ["Members: 1 created, 1 updated, 0 unchanged, 1 with validation errors."]
        )
    }

    @Test(
        arguments: TestEngine.allCases,
        ["bulk.claimed", "bulk.joined", "bulk.applied", "bulk.committed"]
    )
    func `a crash anywhere applies every bulk once`(
        _ engine: TestEngine,
        failpoint: String
    ) async throws {
        let harness = try BulkHarness(engine)
        let bulks = try BulkJobTests.requests.map { try harness.post($0) }
        harness.recorder.arm(failpoint)
        try await harness.worker.runUntilIdle()
        #expect(harness.recorder.passed.contains(failpoint))
        try await harness.recover()
        try expectApplied(harness, bulks)
    }

    @Test(arguments: TestEngine.allCases, ["bulk.parted", "bulk.rolledBack"])
    func `a crash after a failure applies every bulk once and counts no failure twice`(
        _ engine: TestEngine,
        failpoint: String
    ) async throws {
        let harness = try BulkHarness(engine)
        let bulks = try BulkJobTests.requests.map { try harness.post($0) }
        try harness.database.writeBlocking { transaction in
            try engine.breakInsertions(
                "subscription_change",
                where: "list_id > 0",
                in: transaction
            )
        }
        harness.recorder.arm(failpoint)
        try await harness.worker.runUntilIdle()
        #expect(harness.recorder.passed.contains(failpoint))
        try harness.database.writeBlocking { try engine.mend("subscription_change", in: $0) }
        for _ in 0..<4 { try await harness.recover() }
        #expect(
            try bulks.map { try harness.find($0.id).status }
                == Array(repeating: .finished, count: 6)
        )
        #expect(try bulks.allSatisfy { try harness.find($0.id).retries <= 1 })
        #expect(try harness.values("emailAddress").count == 7)
    }

    @Test(arguments: TestEngine.allCases)
    func `one bad bulk keeps no other from being applied`(_ engine: TestEngine) async throws {
        let harness = try BulkHarness(engine)
        try harness.database.writeBlocking { transaction in
            try engine.breakInsertions("subscription_change", where: "list_id > 0", in: transaction)
        }
        let good = (0..<3).map { #"{"members":[{"properties":{"email":"g\#($0)@a.example"}}]}"# }
        let bad = """
            {"members":[{"properties":{"email":"b@a.example"},
             "consents":{"newsletter":{"status":true}}}]}
            """
        let bulks = try [good[0], good[1], bad, good[2]].map { try harness.post($0) }
        try await harness.worker.runUntilIdle()
        let found = try bulks.map { try harness.find($0.id) }
        #expect(found.map(\.status) == [.finished, .finished, .waitingForRetry, .finished])
        #expect(found.map(\.retries) == [0, 0, 1, 0])
        #expect(found[2].explanation?.isEmpty == false)
        #expect(try harness.values("emailAddress").count == 3)
        try harness.database.writeBlocking { try engine.mend("subscription_change", in: $0) }
        try await harness.recover()
        let healed = try harness.find(bulks[2].id)
        #expect(healed.status == .finished)
        #expect(healed.retries == 1)
        #expect(healed.explanation == nil)
    }

    @Test(arguments: TestEngine.allCases)
    func `the fifth failure is the last until an operator tries again`(
        _ engine: TestEngine
    ) async throws {
        let harness = try BulkHarness(engine)
        try harness.database.writeBlocking { transaction in
            try engine.breakInsertions("subscription_change", where: "list_id > 0", in: transaction)
        }
        let bulk = try harness.post(
            """
            {"members":[{"properties":{"email":"b@a.example"},
             "consents":{"newsletter":{"status":true}}}]}
            """
        )
        #expect(try harness.find(bulk.id).status == .waiting)
        for failure in 1...4 {
            try await harness.recover()
            let found = try harness.find(bulk.id)
            #expect(found.status == .waitingForRetry)
            #expect(found.retries == failure)
            #expect(try harness.task(bulk.task).status == .new)
        }
        try await harness.recover()
        let failed = try harness.find(bulk.id)
        #expect(failed.status == .failed)
        #expect(failed.retries == 5)
        #expect(failed.finishedAt == harness.time.now())
        #expect(failed.explanation?.contains("`millrace tasks retry \(bulk.task)`") == true)
        #expect(try harness.task(bulk.task).status == .fatal)
        #expect(try harness.profiles().isEmpty)
        try harness.database.writeBlocking { transaction in
            try engine.mend("subscription_change", in: transaction)
            try TaskStore(harness.workspace)
                .retry(bulk.task, by: harness.context, in: transaction)
        }
        #expect(try harness.find(bulk.id).status == .waitingForRetry)
        try await harness.worker.runUntilIdle()
        let again = try harness.find(bulk.id)
        #expect(again.status == .finished)
        #expect(again.counts == [1, 0, 0, 0])
    }

    @Test(arguments: TestEngine.allCases)
    func `two workers at once apply every bulk once`(_ engine: TestEngine) async throws {
        let harness = try BulkHarness(engine)
        let people = 40
        let bulks = try (0..<people).map { number in
            try harness.post(
                """
                {"members":[{"properties":{"email":"shared@a.example","points":\(number)}},
                 {"properties":{"email":"own\(number)@a.example"}}]}
                """
            )
        }
        let other = harness.secondWorker()
        while try bulks.contains(where: { try harness.find($0.id).status != .finished }) {
            async let first = harness.worker.runUntilIdle()
            async let second = other.runUntilIdle()
            _ = try await (first, second)
        }
        let counts = try bulks.map { try harness.find($0.id).counts }
        #expect(counts.reduce(0) { $0 + $1[0] } == people + 1)
        #expect(counts.reduce(0) { $0 + $1[1] } == people - 1)
        #expect(try harness.values("points").compactMap { $0 } == ["\(people - 1)"])
    }

    @Test(arguments: TestEngine.allCases)
    func `a bulk that is cancelled is not applied, not even with another`(
        _ engine: TestEngine
    ) async throws {
        let harness = try BulkHarness(engine)
        let bulks = try BulkJobTests.requests.prefix(3).map { try harness.post($0) }
        try harness.database.writeBlocking { transaction in
            try TaskStore(harness.workspace)
                .stop(bulks[1].task, by: harness.context, in: transaction)
        }
        try await harness.worker.runUntilIdle()
        let found = try bulks.map { try harness.find($0.id) }
        #expect(found.map(\.status) == [.finished, .failed, .finished])
        #expect(found[1].explanation == "Cancelled by caller.")
        #expect(found[1].counts == [0, 0, 0, 0])
    }

    @Test(arguments: TestEngine.allCases)
    func `bulks of another table and dry runs are not taken along`(
        _ engine: TestEngine
    ) async throws {
        let harness = try BulkHarness(engine)
        try harness.database.writeBlocking { transaction in
            try ProfileTableStore(harness.workspace).create(
                name: "people",
                displayName: "People",
                attributes: [NewAttribute("mail", .string, role: .emailAddress)],
                businessKey: nil,
                by: harness.context,
                in: transaction
            )
        }
        let member = #""members":[{"properties":{"email":"a@a.example"}}]"#
        let other = #"{"profile_table":"people","members":[{"properties":{"mail":"a@a.example"}}]}"#
        let bulks = try ["{\(member)}", other, "{\"dry_run\":true,\(member)}", "{\(member)}"]
            .map { try harness.post($0) }
        #expect(try await harness.worker.runUntilIdle() == 3)
        #expect(harness.recorder.passed.count { $0 == "bulk.joined" } == 1)
        let found = try bulks.map { try harness.find($0.id) }
        #expect(found.map(\.status) == Array(repeating: .finished, count: 4))
        #expect(
            found.map(\.counts) == [[1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 1, 0]]
        )
    }

    @Test(
        arguments: [
            (BulkStatus.waiting, 0, nil, BulkStatus.waiting), (.waiting, 0, .new, .waiting),
            (.waiting, 0, .executing, .working), (.waitingForRetry, 2, .new, .waitingForRetry),
            (.waitingForRetry, 2, .executing, .working), (.waiting, 0, .completed, .failed),
            (.failed, 5, .fatal, .failed), (.failed, 5, .new, .waitingForRetry),
            (.failed, 5, nil, .failed), (.finished, 0, .executing, .finished),
            (.finished, 3, .error, .finished), (.finished, 0, nil, .finished),
        ] as [(BulkStatus, Int, TaskStatus?, BulkStatus)]
    )
    func `a bulk shows its record's status or its task's`(
        stored: BulkStatus,
        retries: Int,
        task: TaskStatus?,
        shown: BulkStatus
    ) {
        #expect(BulkStatus.shown(stored, retries: retries, task: task) == shown)
    }
}
