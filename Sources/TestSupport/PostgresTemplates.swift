// SPDX-License-Identifier: Apache-2.0
import Database
import Foundation

/// Fresh PostgreSQL databases for tests, each copied from one that was migrated before: copying
/// takes a fraction of the time that making all tables takes.
final class PostgresTemplates: @unchecked Sendable {
    static let shared = PostgresTemplates()

    // The lock guards the first two variables; it is held while a template is made, so that it is made
    // once.
    private let lock = NSLock()
    private var templates: [String: String] = [:]
    private var count = 0
    private let session = Result { try PostgresSession(PostgresServer.shared().uri()) }

    /// A fresh database with these migrations; dropped when its place is let go.
    func place(_ migrations: [Migration]) throws -> DatabasePlace {
        try place(copiedFrom: try template(for: migrations, on: PostgresServer.shared()))
    }

    /// A database that nobody has opened yet.
    func emptyPlace() throws -> DatabasePlace { try place(copiedFrom: "template1") }

    private func place(copiedFrom template: String) throws -> DatabasePlace {
        let server = try PostgresServer.shared()
        let name = lock.withLock { () -> String in
            count += 1
            return "test_\(count)"
        }
        let session = try session.get()
        try session.run("CREATE DATABASE \(name) TEMPLATE \(template) STRATEGY file_copy")
        return DatabasePlace(try DatabaseAddress(server.uri(database: name))) {
            DispatchQueue.global().async {
                _ = try? session.run("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
            }
        }
    }

    private func template(for migrations: [Migration], on server: PostgresServer) throws -> String {
        lock.lock()
        defer { lock.unlock() }
        let key = migrations.map { "\($0.id) \($0.checksum)" }.joined(separator: "\n")
        if let known = templates[key] { return known }
        count += 1
        let name = "template_\(count)"
        try session.get().run("CREATE DATABASE \(name)")
        let database = try Database(
            DatabaseAddress(server.uri(database: name)),
            migrations: migrations,
            time: ManualTime(),
            randomness: SeededRandomness()
        )
        try database.close()
        templates[key] = name
        return name
    }
}
