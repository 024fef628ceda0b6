// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Exports
import Foundation
import TestSupport
import Testing

/// A database restored from an older backup is recognised, and nothing leaves before a person
/// accepts it (design/architecture.md, "Change clock").
struct RestoreTests {
    @Test(.timeLimit(.minutes(30)), arguments: TestEngine.lasting)
    func `a restored database holds its sends, forks its exports and goes on when accepted`(
        _ engine: TestEngine
    ) async throws {
        let scenario = try await Scenario.make(engine)
        let scratch = scenario.scratch
        try await loop(scenario, round: 1)
        try await backUp(scratch)
        try await loop(scenario, round: 2)
        let mailed = Set(try Audit(scratch).outboxMails())
        try await restore(scratch)
        let forgotten = mailed.subtracting(
            try Audit(scratch).integers("SELECT id FROM interaction")
        )
        #expect(forgotten.count > 100)

        let doctor = try await scratch.run("doctor")
        #expect(doctor.code == 6)
        #expect(doctor.output.contains("restored from a backup and sends are held"))
        #expect(try epoch(scratch) == 2)
        try await expectHeldSend(scenario)
        try await expectFork(scratch)

        #expect(try await scratch.run("doctor", "--accept-restore").code == 0)
        try await scratch.run(["serve", "--until-idle"])
        try Audit(scratch).check(forgotten: forgotten)
    }

    private func loop(_ scenario: Scenario, round: Int) async throws {
        try scenario.drop((round * 100)..<(round * 100 + 200), round: round)
        try await scenario.scratch.run(expecting: 3, ["imports", "run", "people"])
        try await scenario.runExports()
    }

    /// The online backup of sqlite3 or pg_dump, in the installation's folder.
    private func backUp(_ scratch: Scratch) async throws {
        let backup = scratch.folder.path("backup.db")
        guard scratch.engine == .postgres else {
            return try await run(["sqlite3", scratch.database, ".backup \(backup)"], scratch)
        }
        let command = ["pg_dump", "--format=custom", "--file", backup, "--dbname", scratch.address]
        try await run(command, scratch)
    }

    private func run(_ command: [String], _ scratch: Scratch) async throws {
        let program = try RunningProgram(
            "/usr/bin/env",
            command,
            environment: ["PATH": "/usr/bin:/bin"],
            workingFolder: scratch.folder.path,
            scratch: scratch.folder.path
        )
        let ended = try await program.end()
        try #require(ended.code == 0, "\(ended.error)")
    }

    private func restore(_ scratch: Scratch) async throws {
        guard scratch.engine == .postgres else { return try restoreFile(scratch) }
        // Into an empty database: --clean stumbles over the keys of partitions.
        let empty = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"
        try await run(["psql", "--quiet", "--dbname", scratch.address, "-c", empty], scratch)
        try await run(
            [
                "pg_restore", "--exit-on-error", "--dbname", scratch.address,
                scratch.folder.path("backup.db"),
            ],
            scratch
        )
    }

    private func restoreFile(_ scratch: Scratch) throws {
        let backup = scratch.folder.path("backup.db")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: backup)
        for ending in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: scratch.database + ending)
        }
        try FileManager.default.copyItem(atPath: backup, toPath: scratch.database)
    }

    private func epoch(_ scratch: Scratch) throws -> Int64 {
        try scratch.read { try ChangeClock.standing(in: $0).epoch }
    }

    /// The import itself goes on; its send waits and says why.
    private func expectHeldSend(_ scenario: Scenario) async throws {
        let mailsBefore = try Audit(scenario.scratch).outboxMails().count
        try scenario.drop(500..<600, round: 3)
        try await scenario.scratch.run(expecting: 3, ["imports", "run", "people"])
        try await scenario.scratch.run(["serve", "--until-idle"])
        let held = try await scenario.scratch.run("tasks", "list", "--status", "new")
        #expect(held.output.contains("the database was restored from a backup"))
        let mails = try Audit(scenario.scratch).outboxMails()
        #expect(mails.count == mailsBefore)
    }

    private func expectFork(_ scratch: Scratch) async throws {
        try await scratch.run(["export", "run", "profile.created"])
        let names = Scratch.files(below: scratch.transferbox)
            .filter { $0.hasPrefix("profile.created-") && $0.hasSuffix(Manifest.suffix) }
        let manifests = try names.map { name in
            try JSONText.decode(
                Manifest.self,
                from: try String(contentsOfFile: "\(scratch.transferbox)/\(name)", encoding: .utf8)
            )
        }
        let forked = try #require(manifests.first { $0.epoch == 2 }, "\(manifests)")
        #expect(forked.rewoundFrom != nil)
        let verified = try await scratch.run("export", "verify", scratch.transferbox)
        #expect(verified.code == 6)
        #expect(verified.output.contains("the chain forks"))
    }
}
