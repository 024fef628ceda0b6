// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Foundation
import Imports
import Logging
import Tasks
import TestSupport

/// An installation as far as bulks see it: database, clock and worker.
final class BulkHarness: Sendable {
    let workspace = WorkspaceID(1)
    let time = ManualTime()
    let database: Database
    let recorder = FailpointRecorder()
    let worker: Worker
    let engine: TestEngine

    /// Opens an installation with the default table, several-valued tags and a list.
    init(_ engine: TestEngine) throws {
        self.engine = engine
        database = try engine.open(
            migrations: TaskSchema.migrations + AudienceSchema.migrations
                + ImportSchema.migrations,
            time: time
        )
        worker = BulkHarness.worker(database, recorder)
        try database.writeBlocking { try prepare(in: $0) }
    }

    /// Another worker on the same database.
    func secondWorker() -> Worker { BulkHarness.worker(database, recorder) }

    private static func worker(_ database: Database, _ recorder: FailpointRecorder) -> Worker {
        Worker(
            database: database,
            jobs: [MemberBulkJob(randomness: SeededRandomness()) { _, _ in "32" }],
            failpoints: recorder.failpoints,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private func prepare(in transaction: Transaction) throws {
        let tables = ProfileTableStore(workspace)
        let table = try tables.createDefault(by: context, in: transaction)
        var tags = NewAttribute("tags", .string)
        tags.isMultiValued = true
        try tables.add(tags, to: table, in: transaction)
        let second = try tables.table(table.id, in: transaction)
        try tables.add(NewAttribute("points", .integer), to: second, in: transaction)
        try ListStore(workspace)
            .create(name: "newsletter", table: table.id, by: context, in: transaction)
    }

    /// A caller of the API, now.
    var context: Context {
        Context(workspace: workspace, actor: "caller", source: .api, moment: time.now())
    }

    var store: MemberBulkStore { MemberBulkStore(workspace, randomness: SeededRandomness()) }

    var table: ProfileTable {
        get throws {
            try database.readBlocking { connection in
                try ProfileTableStore(workspace).table(named: "profiles", in: connection)
            }
        }
    }

    /// Keeps a request.
    @discardableResult
    func post(_ json: String, key: String? = nil) throws -> MemberBulk {
        let request = try MemberBulkRequest(json: Array(json.utf8))
        return try database.writeBlocking(.guarded) { transaction in
            try store.create(request, idempotencyKey: key, by: context, in: transaction)
        }
    }

    /// Keeps a request and works until nothing is due.
    @discardableResult
    func run(_ json: String) async throws -> MemberBulk {
        let bulk = try post(json)
        try await worker.runUntilIdle()
        return try find(bulk.id)
    }

    /// A bulk with its contents.
    func find(_ id: MemberBulkID) throws -> MemberBulk {
        try database.readBlocking { try store.bulk(id, at: time.now(), in: $0) }
    }

    func task(_ id: TaskID) throws -> TaskRecord {
        try database.readBlocking { try TaskStore(workspace).task(id, in: $0) }
    }

    /// Lets leases lapse and pauses end, then works until nothing is due.
    func recover() async throws {
        time.advance(by: .minutes(31))
        try await worker.runUntilIdle()
    }

    /// The profiles' values as text, in the order of their ids; attributes without value are absent.
    func profiles() throws -> [[String: String]] {
        let table = try table
        return try database.readBlocking { connection in
            try ProfileStore(table).page(limit: 100_000, in: connection).map { profile in
                var values: [String: String] = [:]
                for attribute in table.attributes {
                    values[attribute.name] = profile.text(attribute)
                }
                return values
            }
        }
    }

    /// The values of an attribute in the order of the profiles' ids.
    func values(_ name: String) throws -> [String?] { try profiles().map { $0[name] } }

    /// All rows of a query, printed.
    func rows(_ sql: String) throws -> [String] {
        try database.readBlocking { connection in
            try connection.rows(sql).map { row in
                row.values.map { "\($0)" }.joined(separator: " ")
            }
        }
    }
}

extension MemberBulk {
    /// What became of its members: created, updated, unchanged, with errors.
    var counts: [Int] {
        [breakdown.created, breakdown.updated, breakdown.unchanged, breakdown.validationErrors]
    }

    /// The errors as `identifier: code property value`, sorted.
    var verdicts: [String] {
        get throws {
            let text = contents?.errors ?? "{}"
            let all = try JSONDecoder().decode([String: [Problem]].self, from: Data(text.utf8))
            return all.flatMap { label, problems in
                problems.map { problem in
                    [label + ":", problem.code, problem.property, problem.value]
                        .compactMap { $0 }.joined(separator: " ")
                }
            }.sorted()
        }
    }

    private struct Problem: Decodable {
        var code: String
        var property: String?
        var value: String?
        var message: String
    }
}
