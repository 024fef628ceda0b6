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
            let type = Bool.random(using: &randomness) ? "email" : "msisdn"
            let operation =
                isUpdate ? "\"operation\":\"update\",\"member_identifier_type\":\"\(type)\"," : ""
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
        if isUpdate || Bool.random(using: &randomness) {
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

    /// Most seeds in memory, which is fastest.
    private static let seeds: [(engine: TestEngine, seed: UInt64)] =
        TestEngine.dialects.flatMap { engine in (1...6).map { (engine, $0) } }
        + (7...60).map { (.memory, $0) }

    @Test(arguments: BulkJoinTests.seeds)
    func `bulks that are applied at once come to what they come to one by one`(
        _ engine: TestEngine,
        seed: UInt64
    ) async throws {
        let requests = BulkJoinTests.requests(seed)
        let joined = try await BulkJoinTests.outcome(engine, requests, isJoined: true)
        let apart = try await BulkJoinTests.outcome(engine, requests, isJoined: false)
        #expect(joined == apart)
    }

    /// Members who depend on each other, a bulk each, in the order in which they come.
    private static let dependent: [(words: String, members: [String])] = [
        (
            "a seat taken before it is given up",
            [
                #"{"email":"q@a"}"#, #"{"email":"r@a","seat":3}"#,
                #"{"email":"q@a","firstName":"X"}"#,
                #"{"email":"q@a","seat":3}"#, #"{"email":"r@a","seat":4}"#,
            ]
        ),
        (
            "a seat given up by someone who came twice",
            [
                #"{"email":"q@a","seat":1}"#, #"{"email":"r@a"}"#, #"{"email":"q@a"}"#,
                #"{"email":"q@a","seat":5}"#, #"{"email":"r@a","seat":1}"#,
            ]
        ),
        (
            "everybody moves up",
            [
                #"{"email":"p@a","seat":1}"#, #"{"email":"q@a","seat":2}"#,
                #"{"email":"r@a","seat":3}"#, #"{"email":"r@a","seat":4}"#,
                #"{"email":"q@a","seat":3}"#, #"{"email":"p@a","seat":2}"#,
            ]
        ),
        (
            "an address that moves to another number",
            [
                #"{"email":"x@a","mobileNumber":"+32470112231"}"#,
                #"{"mobileNumber":"+32470112232"}"#,
                #"{"mobileNumber":"+32470112231","email":"y@a"}"#,
                #"{"email":"x@a","mobileNumber":"+32470112232"}"#,
            ]
        ),
    ]

    @Test(arguments: TestEngine.dialects, BulkJoinTests.dependent.indices)
    func `members who depend on each other come to the same in one transaction as in several`(
        _ engine: TestEngine,
        example: Int
    ) async throws {
        let requests = BulkJoinTests.dependent[example].members.map { properties in
            let properties = properties.replacing("@a", with: "@a.example")
            return "{\"import_id\":\"i\",\"members\":[{\"properties\":\(properties)}]}"
        }
        let joined = try await BulkJoinTests.outcome(engine, requests, isJoined: true)
        let apart = try await BulkJoinTests.outcome(engine, requests, isJoined: false)
        #expect(joined == apart, "\(BulkJoinTests.dependent[example].words)")
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
