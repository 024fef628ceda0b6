// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

@Suite struct PostgresServerTests {
    @Test func `a PostgreSQL server keeps its data through a crash`() throws {
        let server = try PostgresServer(settings: ["work_mem": "5MB"])
        #expect(try server.psql("SHOW work_mem") == "5MB")
        _ = try server.psql("CREATE TABLE t (a text); INSERT INTO t VALUES ('kept')")
        try server.restart()
        #expect(try server.psql("SELECT a FROM t") == "kept")
        try server.stopImmediately()
        #expect(throws: PostgresServerError.self) { try server.psql("SELECT 1") }
        try server.start()
        #expect(try server.psql("SELECT a, 'twice' FROM t") == "kept|twice")
    }

    @Test func `a released PostgreSQL server leaves neither a process nor a folder`() throws {
        var server: PostgresServer? = try PostgresServer(tcp: true)
        let folder = try #require(server?.folder)
        let uri = try #require(server?.networkURI(database: "postgres"))
        #expect(uri.hasPrefix("postgres://millrace:"))
        let lock = try String(contentsOfFile: folder + "/data/postmaster.pid", encoding: .utf8)
        let identifier = try #require(lock.split(separator: "\n").first.flatMap { pid_t($0) })
        #expect(isRunning(identifier))
        server = nil
        #expect(!isRunning(identifier))
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    /// A container's first process may leave ended ones uncollected, as zombies.
    private func isRunning(_ process: pid_t) -> Bool {
        let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        return status.map { !$0.contains("State:\tZ") } ?? false
    }

    @Test func `the tests of one process share a PostgreSQL server`() throws {
        let server = try PostgresServer.shared()
        #expect(try PostgresServer.shared() === server)
        let name = "shared_\(UUID().uuidString.prefix(8).lowercased())"
        _ = try server.psql("CREATE DATABASE \(name)")
        #expect(try server.psql("SELECT current_database()", database: name) == name)
        _ = try server.psql("DROP DATABASE \(name)")
    }

    @Test func `a PostgreSQL server that does not start says why`() {
        #expect {
            try PostgresServer(settings: ["shared_buffers": "little"])
        } throws: {
            "\($0)".contains("shared_buffers")
        }
    }
}
