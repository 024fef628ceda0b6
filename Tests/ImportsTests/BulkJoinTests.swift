// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Tasks
import TestSupport
import Testing

@testable import Imports

/// Bulks that are applied at once come to what they come to one by one.
@Suite struct BulkJoinTests {
    /// Bulks of members who meet each other: few addresses, numbers, names and seats, each seat for one.
    private static func requests(_ seed: UInt64) -> [String] {
        var randomness = SeededRandomness(seed: seed)
        return (0..<8).map { _ in
            let isUpdate = Bool.random(using: &randomness)
            let members = (0..<6).map { _ in member(isUpdate, &randomness) }
            let operation =
                isUpdate ? #""operation":"update","member_identifier_type":"email","# : ""
            let list = members.joined(separator: ",")
            return "{\"import_id\":\"i\",\(operation)\"members\":[\(list)]}"
        }
    }

    private static func member(_ isUpdate: Bool, _ randomness: inout SeededRandomness) -> String {
        var properties = ["\"firstName\":\"N\(Int.random(in: 0..<3, using: &randomness))\""]
        if isUpdate || Int.random(in: 0..<3, using: &randomness) > 0 {
            let number = Int.random(in: 0..<9, using: &randomness)
            properties.append("\"emailAddress\":\"p\(number)@a.example\"")
        }
        if Bool.random(using: &randomness) {
            let number = Int.random(in: 0..<9, using: &randomness)
            properties.append("\"mobileNumber\":\"+3247011223\(number)\"")
        }
        if Bool.random(using: &randomness) {
            properties.append("\"seat\":\(Int.random(in: 0..<7, using: &randomness))")
        }
        return "{\"properties\":{\(properties.joined(separator: ","))}}"
    }

    /// What became of bulks: the people without their ids, and each bulk's counts and errors.
    private static func outcome(
        _ engine: TestEngine,
        _ requests: [String],
        isJoined: Bool
    ) async throws -> [String] {
        let harness = try BulkHarness(engine)
        let table = try harness.table
        try harness.database.writeBlocking { transaction in
            var seat = NewAttribute("seat", .integer)
            seat.isUnique = true
            try ProfileTableStore(harness.workspace).add(seat, to: table, in: transaction)
        }
        var bulks: [MemberBulk] = []
        for request in requests {
            bulks.append(try harness.post(request))
            if !isJoined { try await harness.worker.runUntilIdle() }
        }
        try await harness.worker.runUntilIdle()
        #expect(harness.recorder.passed.contains("bulk.joined") == isJoined)
        let people = try harness.profiles().map { profile in
            profile.filter { $0.key != "id" && !$0.key.hasSuffix("At") }
                .sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        }
        let words = try bulks.map { bulk in
            let ended = try harness.find(bulk.id)
            return "\(ended.status) \(ended.counts) \(try ended.verdicts)"
        }
        return people.sorted() + words
    }

    @Test(arguments: TestEngine.allCases, [1, 2, 3, 4, 5, 6] as [UInt64])
    func `bulks that are applied at once come to what they come to one by one`(
        _ engine: TestEngine,
        seed: UInt64
    ) async throws {
        let requests = BulkJoinTests.requests(seed)
        let joined = try await BulkJoinTests.outcome(engine, requests, isJoined: true)
        let apart = try await BulkJoinTests.outcome(engine, requests, isJoined: false)
        #expect(joined == apart)
    }

    @Test(arguments: TestEngine.allCases)
    func `a seat that is given up is there for whoever comes behind, not before`(
        _ engine: TestEngine
    ) async throws {
        let requests = [
            #"{"members":[{"properties":{"email":"a@a.example","seat":1}}]}"#,
            #"{"members":[{"properties":{"email":"b@a.example","seat":1}}]}"#,
            #"{"members":[{"properties":{"email":"a@a.example","seat":2}}]}"#,
            #"{"members":[{"properties":{"email":"c@a.example","seat":1}}]}"#,
        ]
        for isJoined in [true, false] {
            let found = try await BulkJoinTests.outcome(engine, requests, isJoined: isJoined)
            #expect(
                found.suffix(4) == [
                    "finished [1, 0, 0, 0] []",
                    "finished [0, 0, 0, 1] [\"b@a.example: uniqueTaken seat 1\"]",
                    "finished [0, 1, 0, 0] []", "finished [1, 0, 0, 0] []",
                ]
            )
        }
    }
}
