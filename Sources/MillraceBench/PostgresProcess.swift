// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The PostgreSQL server of a benchmark, started by scripts/postgres-server.sh with what a person
/// would set for imports; ours and the floor have databases of their own in it.
///
/// Stopped and removed at ``stop()``, or when this process ends.
final class PostgresProcess {
    /// The address of the database postgres.
    let uri: String
    private let process = Process()
    private let input = Pipe()

    init() throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../scripts/postgres-server.sh").standardizedFileURL
        let output = Pipe()
        process.executableURL = script
        process.arguments = ["--durable"] + Self.settings.flatMap { ["--set", $0] }
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, words[0] == "ready" else { throw BenchError.floorFailed }
        uri = String(words[1])
    }

    /// The address of a database that is made now.
    func database(_ name: String) throws -> String {
        try run(["-d", uri, "-c", "CREATE DATABASE \(name)"])
        return uri.replacingOccurrences(of: "/postgres?", with: "/\(name)?")
    }

    /// Removes a database.
    func drop(_ name: String) throws {
        try run(["-d", uri, "-c", "DROP DATABASE \(name) WITH (FORCE)"])
    }

    /// Vacuums databases and writes a checkpoint.
    func settle(_ databases: [String]) throws {
        for database in databases { try run(["-d", database, "-c", "VACUUM"]) }
        try run(["-d", uri, "-c", "CHECKPOINT"])
    }

    func stop() throws {
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Few checkpoints: with the default of 1 GB one import of a million rows makes several.
    private static let settings = ["shared_buffers=512MB", "max_wal_size=4GB", "work_mem=64MB"]

    private func run(_ arguments: [String]) throws {
        let psql = URL(fileURLWithPath: "/usr/bin/psql")
        let program = try Process.run(psql, arguments: ["-X", "-q"] + arguments)
        program.waitUntilExit()
        guard program.terminationStatus == 0 else { throw BenchError.floorFailed }
    }
}
