// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import Imports
import Millrace
import Tasks
import TestSupport
import Testing

@Suite struct BulkUpkeepTests {
    @Test(arguments: TestEngine.lasting)
    func `upkeep erases payloads after a day, and retention the bulks with their tasks`(
        _ engine: TestEngine
    ) async throws {
        let home = try await Home(engine)
        let upkeep = Upkeep(home.installation)
        let ended = try await home.post(#"{"members":[{"properties":{"email":"a@a.example"}}]}"#)
        try await home.installation.worker.runUntilIdle()
        home.time.advance(by: .hours(23))
        let late = try await home.post(#"{"members":[{"properties":{"email":"b@a.example"}}]}"#)
        #expect(try await home.clear(upkeep)["payload_erasure"] == nil)
        home.time.advance(by: .hours(1))
        let erasure = try await home.clear(upkeep)["payload_erasure"]
        #expect(erasure?.status == .completed)
        #expect(erasure?.outcome == "Erased payloads of bulks: 1.")
        #expect(try await home.find(ended.id).erasedAt != nil)
        #expect(try await home.find(late.id).contents != nil)
        home.time.advance(by: .hours(23))
        #expect(try await home.clear(upkeep)["payload_erasure"]?.status == .completed)
        #expect(try await home.find(late.id).status == .finished)
        home.time.advance(by: .days(401))
        #expect(try await home.clear(upkeep)["data_retention"]?.status == .completed)
        let left = try await home.installation.database.read { connection in
            try connection.value("SELECT count(*) FROM member_bulk", as: Int.self)
        }
        #expect(left == 0)
    }
}

/// An installation in a folder of its own, whose clock stands still.
private final class Home: Sendable {
    let folder: TemporaryFolder
    let place: DatabasePlace
    let time = ManualTime()
    let installation: Installation
    let workspace: WorkspaceID

    init(_ engine: TestEngine) async throws {
        folder = try TemporaryFolder()
        place = try engine.place(migrations: MillraceSchema.migrations)
        installation = try Installation(
            Configuration(database: place.address, dataFolder: folder.path("data")),
            time: time
        )
        workspace = try await installation.workspace(named: nil, by: "tester").id
    }

    func post(_ json: String) async throws -> MemberBulk {
        let request = try MemberBulkRequest(json: Array(json.utf8))
        let workspace = workspace
        return try await installation.database.write(.guarded) { transaction in
            try MemberBulkStore(workspace).create(
                request,
                by: Context(
                    workspace: workspace,
                    actor: "tester",
                    source: .api,
                    moment: transaction.moment
                ),
                in: transaction
            )
        }
    }

    func find(_ id: MemberBulkID) async throws -> MemberBulk {
        let now = time.now()
        let workspace = workspace
        return try await installation.database.read { connection in
            try MemberBulkStore(workspace).bulk(id, at: now, in: connection)
        }
    }

    /// Lets upkeep look and its tasks run; the tasks by type.
    func clear(_ upkeep: Upkeep) async throws -> [String: TaskRecord] {
        let tasks = try await upkeep.clear()
        try await installation.worker.runUntilIdle()
        let workspace = workspace
        let records = try await installation.database.read { connection in
            try tasks.map { try TaskStore(workspace).task($0, in: connection) }
        }
        return Dictionary(records.map { ($0.type, $0) }) { first, _ in first }
    }
}
