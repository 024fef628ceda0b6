// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// Backs a database up by pg_dump, in its custom format.
struct PostgresDump {
    private let address: PostgresAddress

    init(_ address: PostgresAddress) { self.address = address }

    /// Writes the dump; blocks.
    ///
    /// - Throws: ``DatabaseError/cannotBackUp(reason:)``.
    func run(to path: String) throws {
        let (place, password) = try parts()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "pg_dump", "--format=custom", "--no-password", "--file", path, "--dbname", place,
        ]
        var environment = ProcessInfo.processInfo.environment
        if let password { environment["PGPASSWORD"] = password }
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let words = Pipe()
        process.standardError = words
        do {
            try process.run()
        } catch {
            throw DatabaseError.cannotBackUp(reason: "pg_dump cannot be started")
        }
        let said = words.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw failure(said) }
    }

    /// The address without its password, which others would see among the arguments, and the
    /// password.
    private func parts() throws -> (String, String?) {
        guard var parts = URLComponents(string: address.uri) else {
            throw DatabaseError.cannotBackUp(reason: "the address \(address) cannot be read")
        }
        var password = parts.password
        parts.password = nil
        if let items = parts.queryItems {
            password = items.first { $0.name == "password" }?.value ?? password
            let rest = items.filter { $0.name != "password" }
            parts.queryItems = rest.isEmpty ? nil : rest
        }
        guard let place = parts.string else {
            throw DatabaseError.cannotBackUp(reason: "the address \(address) cannot be read")
        }
        return (place, password)
    }

    private func failure(_ said: Data) -> DatabaseError {
        let words = String(decoding: said.suffix(1_000), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        return .cannotBackUp(reason: words.isEmpty ? "pg_dump failed or is not installed" : words)
    }
}
