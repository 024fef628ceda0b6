// SPDX-License-Identifier: Apache-2.0
import Database
import Foundation
import Millrace
import TestSupport
import Testing

/// The real `millrace serve`: its roles, and how it ends.
@Suite(.serialized) struct ServeTests {
    private static let engines = TestEngine.lasting

    @Test(.timeLimit(.minutes(30)), arguments: engines)
    func `a signal amid a long import ends the node, and another one goes on at its checkpoint`(
        engine: TestEngine
    ) async throws {
        let scenario = try await Scenario.make(engine)
        let scratch = scenario.scratch
        let database = try scratch.open()
        defer { try? database.close() }
        // Its send would take longer than the import.
        try await scratch.run(["workspace", "set", "importTriggersEnabled", "false"])
        // Several transactions of the longest kind, which have 100,000 rows on SQLite.
        try scenario.drop(0..<(engine == .file ? 220_000 : 60_000), round: 1)
        let node = try Node(scratch, ["--drain-seconds", "60"])
        try await node.wait { try database.count("SELECT count(*) FROM node") == 1 }
        try scenario.enqueue(imports: ["people"], in: database)
        let merging = """
            SELECT count(*) FROM task WHERE type = 'profile_import' AND status = 'executing'
                AND progress_done > 0
            """
        try await node.wait { try database.count(merging) == 1 }
        try await node.terminate(within: 300)
        let task = try database.readBlocking { connection in
            try connection.row(
                """
                SELECT status, attempts, lease, checkpoint, failure FROM task
                WHERE type = 'profile_import'
                """
            )
        }
        let row = try #require(task)
        #expect(try row.get("status") == "new")
        #expect(try row.get("lease", as: String?.self) == nil)
        #expect(try row.get("checkpoint", as: String?.self) != nil)
        #expect(try row.get("failure", as: String?.self) == nil)
        #expect(try database.count("SELECT count(*) FROM node") == 0)
        try await scratch.run(["serve", "--until-idle"])
        try Audit(scratch).check()
    }

    @Test(.timeLimit(.minutes(30)), arguments: engines)
    func `a node without the role of a worker shows that it is there and runs nothing`(
        engine: TestEngine
    ) async throws {
        let scratch = try Scratch(engine)
        try await scratch.run(["workspace", "set", "taskRetentionDays", "90"])
        let database = try scratch.open()
        defer { try? database.close() }
        let node = try Node(scratch, ["--roles", "api,console"])
        try await node.wait { try database.count("SELECT count(*) FROM node") == 1 }
        let listed = try await scratch.run(["nodes"])
        #expect(listed.output.contains("api,console"))
        #expect(listed.output.contains("alive"))
        try await node.terminate(within: 300)
        #expect(try database.count("SELECT count(*) FROM tick") == 0)
        #expect(try database.count("SELECT count(*) FROM task") == 0)
        let empty = try await scratch.run(["nodes", "--json"])
        #expect(empty.output.contains("["))
        #expect(!empty.output.contains("alive"))
    }

    @Test(arguments: ["worker,cook", "", "worker,"])
    func `a role that does not exist is refused`(roles: String) async throws {
        let scratch = try Scratch()
        let ended = try await scratch.run(expecting: 64, ["serve", "--roles", roles])
        #expect(ended.error.contains("is no role; use api, console, worker"))
    }
}
