// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import Foundation
import Millrace
import TestSupport
import Testing

/// `millrace backup`, and the walk by which it is restored (docs/operating.md).
struct BackupTests {
    @Test(.timeLimit(.minutes(30)), arguments: TestEngine.lasting)
    func `an installation that was lost is restored from its backup, secrets and files too`(
        _ engine: TestEngine
    ) async throws {
        let scratch = try Scratch(engine)
        try await scratch.run(["workspace", "add-list", "newsletter"])
        let password = try scratch.folder.write("s3aled-passw0rd\n", to: "password")
        try await scratch.run([
            "location", "create", "partner", "ftps", "--set", "host=ftp.example.org", "--set",
            "user=feed", "--secret", "password=\(password)",
        ])
        try await scratch.run([
            "export", "create", "people", "--type", "profile.created", "--file", "people.csv",
            "--everything",
        ])
        try await importPeople(0..<50, scratch)
        try await scratch.run(["export", "run", "people"])
        let backup = scratch.folder.path("backup")
        let made = try await scratch.run(["backup", backup, "--json"])
        #expect(made.output.contains("databaseSHA256"))
        try await importPeople(50..<90, scratch)
        // What the world outside has seen tells that the database is older.
        try await scratch.run(["export", "run", "people"])
        try await lose(scratch)
        try await restore(scratch, from: backup)

        let doctor = try await scratch.run("doctor")
        #expect(doctor.code == 6 && doctor.output.contains("restored from a backup"))
        #expect(try await scratch.run("doctor", "--accept-restore").code == 0)
        #expect(try importedLines(scratch) == 50)
        #expect(try secret(scratch) == "s3aled-passw0rd")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: scratch.transferbox).sorted()
                == ["people.csv", "people.csv.manifest.json"]
        )
        try await importPeople(50..<90, scratch)
        try await scratch.run(["export", "run", "people"])
        let verified = try await scratch.run("export", "verify", scratch.transferbox)
        #expect(verified.code == 6)
        #expect(verified.output.contains("the database was restored from a backup"))
    }

    @Test func `a backup is taken while tasks run, and is whole`() async throws {
        let scenario = try await Scenario.make(.file)
        let scratch = scenario.scratch
        try scenario.drop(0..<2_000, round: 1)
        let working = try scratch.start(["imports", "run", "people"])
        let backup = scratch.folder.path("backup")
        try await scratch.run(["backup", backup])
        let imported = try await working.end()
        #expect(imported.code == 3, "\(imported.output)\(imported.error)")
        let copy = try Database(
            .sqlite(path: backup + "/database.sqlite"),
            migrations: MillraceSchema.migrations
        )
        defer { try? copy.close() }
        #expect(try copy.integrityProblems().isEmpty)
        let mode = try FileManager.default.attributesOfItem(atPath: backup)[.posixPermissions]
        #expect(mode as? Int == 0o700)
    }

    @Test func `a folder that is there already is left alone`() async throws {
        let scratch = try Scratch(.file)
        let backup = scratch.folder.path("backup")
        try FileManager.default.createDirectory(
            atPath: backup,
            withIntermediateDirectories: false
        )
        let ended = try await scratch.run("backup", backup)
        #expect(ended.code == 1 && ended.error.contains("is there already"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: backup) == [])
    }

    private func importPeople(_ numbers: Range<Int>, _ scratch: Scratch) async throws {
        let lines = numbers.map { "U\($0),member\($0)@people.test" }
        let text = (["user_id,email"] + lines).joined(separator: "\n") + "\n"
        let path = try scratch.folder.write(text, to: "people.csv")
        try await scratch.run(["import", path])
    }

    /// Everything goes but the witness.
    private func lose(_ scratch: Scratch) async throws {
        try FileManager.default.removeItem(atPath: scratch.data)
        guard scratch.engine == .postgres else {
            for ending in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: scratch.database + ending)
            }
            return
        }
        let empty = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"
        try await run(["psql", "--quiet", "--dbname", scratch.address, "-c", empty], scratch)
    }

    private func restore(_ scratch: Scratch, from backup: String) async throws {
        try FileManager.default.copyItem(atPath: backup + "/data", toPath: scratch.data)
        guard scratch.engine == .postgres else {
            return try FileManager.default.copyItem(
                atPath: backup + "/database.sqlite",
                toPath: scratch.database
            )
        }
        try await run(
            [
                "pg_restore", "--exit-on-error", "--dbname", scratch.address,
                backup + "/database.dump",
            ],
            scratch
        )
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

    private func importedLines(_ scratch: Scratch) throws -> Int {
        try scratch.read { connection in
            try connection.value("SELECT count(*) FROM import_row") ?? 0
        }
    }

    /// What the restored key opens.
    private func secret(_ scratch: Scratch) throws -> String? {
        let configuration = try Configuration(
            address: scratch.address,
            dataFolder: scratch.data,
            environment: [:]
        )
        let installation = try Installation(configuration)
        defer { try? installation.database.close() }
        let key = try SecretKey(file: configuration.keyFile)
        let store = SecretStore(WorkspaceID(1), key: key)
        return try installation.database.readBlocking { connection in
            try store.secret("location-1-password", in: connection)?.reveal()
        }
    }
}
