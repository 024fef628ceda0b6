// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Foundation
import TestSupport

/// A database that is backed up and restored, while its witness stays.
final class RestoreGround {
    let folder: TemporaryFolder
    private let time = ManualTime()
    private let server: PostgresServer?
    /// The database that is opened, by its name on the server.
    private let name = "restore_\(UUID().uuidString.lowercased().prefix(8))"

    init(_ engine: TestEngine) throws {
        folder = try TemporaryFolder()
        server = engine == .postgres ? try PostgresServer.shared() : nil
        _ = try server?.psql("CREATE DATABASE \"\(name)\"")
    }

    deinit {
        for name in [name, backup] {
            _ = try? server?.psql("DROP DATABASE IF EXISTS \"\(name)\" WITH (FORCE)")
        }
    }

    func open() throws -> World {
        let address = try server.map { try DatabaseAddress($0.uri(database: name)) }
        let database = try Database(
            address ?? .sqlite(path: file("")),
            migrations: World.migrations,
            witness: folder.path("witness"),
            time: time
        )
        return try World(database, time, folder)
    }

    /// Keeps the database, which nobody has open, as it is.
    func backUp() throws {
        if let server { return try server.copy(name, to: server, as: backup) }
        try FileManager.default.copyItem(atPath: file(""), toPath: folder.path("copy.db"))
    }

    /// Puts the backup in the place of the database; what it had written since is lost.
    func restore() throws {
        if let server {
            _ = try server.psql("DROP DATABASE \"\(name)\" WITH (FORCE)")
            return try server.copy(backup, to: server, as: name)
        }
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: file(suffix))
        }
        try FileManager.default.copyItem(atPath: folder.path("copy.db"), toPath: file(""))
    }

    private var backup: String { name + "_copy" }

    private func file(_ suffix: String) -> String { folder.path("test.db" + suffix) }
}
