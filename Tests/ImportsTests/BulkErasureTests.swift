// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Imports
import Tasks
import TestSupport
import Testing

@Suite struct BulkErasureTests {
    private func erase(_ harness: BulkHarness) throws -> Int {
        try harness.database.writeBlocking(.guarded) { transaction in
            try BulkErasure(harness.workspace).eraseSome(in: transaction)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `payload and errors are there for a day and then gone for good`(
        _ engine: TestEngine
    ) async throws {
        let harness = try BulkHarness(engine)
        let bulk = try await harness.run(
            #"{"members":[{"properties":{"email":"a@a.example"}},{"properties":{"points":"x"}}]}"#
        )
        #expect(bulk.contents?.errors?.contains("notAnInteger") == true)
        harness.time.set(bulk.createdAt + .hours(24) - .seconds(1))
        #expect(try harness.find(bulk.id) == bulk)
        #expect(try erase(harness) == 0)
        harness.time.advance(by: .seconds(1))
        // Nobody sees them any more, whether or not the erasure has come.
        #expect(try harness.find(bulk.id).contents == nil)
        #expect(try erase(harness) == 1)
        #expect(try erase(harness) == 0)
        let erased = try harness.find(bulk.id)
        #expect(erased.status == .finished)
        #expect(erased.counts == [1, 0, 0, 1])
        #expect(erased.erasedAt == harness.time.now())
        #expect(erased.finishedAt == bulk.finishedAt)
        #expect(try harness.rows("SELECT bulk_id FROM member_bulk_payload") == [])
        #expect(try harness.rows("SELECT id FROM member_bulk WHERE errors IS NOT NULL") == [])
    }

    @Test(arguments: TestEngine.allCases)
    func `a bulk that did not run within a day has failed`(_ engine: TestEngine) async throws {
        let harness = try BulkHarness(engine)
        let bulk = try harness.post(#"{"members":[{"properties":{"email":"a@a.example"}}]}"#)
        let told = TaskType(name: "told", displayName: "Told", queue: "told")
        try harness.database.writeBlocking { transaction in
            let follower = TaskFollower(type: told, subject: 7, info: "Tell 7")
            try TaskFollowers(harness.workspace).set(follower, in: transaction)
        }
        harness.time.advance(by: .hours(24))
        #expect(try erase(harness) == 1)
        let parent: TaskID? = try harness.database.readBlocking { connection in
            try connection.value("SELECT parent_id FROM task WHERE type = 'told'")
        }
        #expect(parent == bulk.task)
        let erased = try harness.find(bulk.id)
        #expect(erased.status == .failed)
        #expect(erased.retries == 0)
        #expect(erased.explanation?.contains("24 hours") == true)
        #expect(try harness.task(bulk.task).status == .fatal)
        // What is left to run is the follower's alone.
        try await harness.worker.runUntilIdle()
        #expect(try harness.find(bulk.id).status == .failed)
        #expect(try harness.profiles().isEmpty)
    }

    @Test(arguments: TestEngine.allCases)
    func `a bulk that is due a day late is not applied, though the erasure has not come`(
        _ engine: TestEngine
    ) async throws {
        let harness = try BulkHarness(engine)
        let bulk = try harness.post(#"{"members":[{"properties":{"email":"a@a.example"}}]}"#)
        harness.time.advance(by: .hours(24))
        try await harness.worker.runUntilIdle()
        #expect(try harness.find(bulk.id).status == .failed)
        #expect(try harness.profiles().isEmpty)
    }

    @Test(arguments: TestEngine.allCases)
    func `an operator cannot run an erased bulk again`(_ engine: TestEngine) async throws {
        let harness = try BulkHarness(engine)
        let bulk = try harness.post(#"{"members":[{"properties":{"email":"a@a.example"}}]}"#)
        harness.time.advance(by: .hours(24))
        _ = try erase(harness)
        try harness.database.writeBlocking { transaction in
            try TaskStore(harness.workspace)
                .retry(bulk.task, by: harness.context, in: transaction)
        }
        try await harness.worker.runUntilIdle()
        #expect(try harness.find(bulk.id).status == .failed)
        #expect(try harness.task(bulk.task).status == .fatal)
        #expect(try harness.profiles().isEmpty)
    }

    @Test(arguments: TestEngine.allCases)
    func `a person's members and errors are shown and erased, others stay`(
        _ engine: TestEngine
    ) async throws {
        let harness = try BulkHarness(engine)
        let bulk = try await harness.run(
            """
            {"members":[{"properties":{"email":"Ann@a.example","msisdn":"3247000001"}},
             {"properties":{"email":"bob@b.example"}},
             {"properties":{"msisdn":"+32 47 000 001","points":"x"}},
             {"properties":{"email":"cid@c.example","points":"y"}}]}
            """
        )
        let waiting = try harness.post(
            #"{"operation":"update","members":[{"id":1,"properties":{"points":1}}]}"#
        )
        let table = try harness.table
        let person = try harness.database.readBlocking { connection in
            let profile = try ProfileStore(table).profile(ProfileID(1), in: connection)
            return DossierPerson(try #require(profile))
        }
        let section = MemberBulkSection()
        let entries = try harness.database.readBlocking { connection in
            try section.entries(for: person, in: connection)
        }
        #expect(entries.map { $0.value("index") } == ["0", "2", nil, "0"])
        #expect(entries.map(\.kind) == ["member", "member", "errors", "member"])
        let left = try harness.database.writeBlocking { transaction in
            try section.erase(person, by: harness.context, in: transaction)
        }
        #expect(left == ["1 bulks of members wait to run and may bring the person in again."])
        let erased = try harness.find(bulk.id)
        let payload = String(decoding: try #require(erased.contents).payload, as: UTF8.self)
        #expect(
            payload == """
                [null,{"properties":{"email":"bob@b.example"}},null,\
                {"properties":{"email":"cid@c.example","points":"y"}}]
                """
        )
        #expect(try erased.verdicts == ["cid@c.example: notAnInteger points y"])
        let kept = try #require(try harness.find(waiting.id).contents).payload
        #expect(String(decoding: kept, as: UTF8.self) == #"[{"id":1,"properties":{"points":1}}]"#)
    }
}
