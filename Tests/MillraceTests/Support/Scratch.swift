// SPDX-License-Identifier: Apache-2.0
import Database
import Foundation
import Millrace
import TestSupport
import Testing

/// An installation in a folder of a test's own, used through the real program.
final class Scratch: Sendable {
    let folder: TemporaryFolder
    /// The engine that the program runs on.
    let engine: TestEngine
    /// The database's address, as the program is given it.
    let address: String
    private let place: DatabasePlace?

    private let environment: [String: String]

    /// Makes a folder and, on a server, a database; an SQLite file is made by the program.
    ///
    /// The program runs with some more environment.
    init(_ engine: TestEngine = .file, environment: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        self.engine = engine
        self.environment = environment
        place =
            engine == .postgres
            ? try engine.place(migrations: MillraceSchema.migrations) : nil
        address =
            environment["MILLRACE_DATABASE"] ?? place?.address.description
            ?? "sqlite:\(folder.path("m.db"))"
    }

    /// The repository, found from this file.
    static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The program, which is built beside the tests.
    static func executable() throws -> String {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let candidates = [tests, CommandLine.arguments.first ?? ""] + CommandLine.arguments
        for path in candidates {
            let folder = (path as NSString).deletingLastPathComponent
            let program = "\(folder)/millrace"
            if FileManager.default.isExecutableFile(atPath: program) { return program }
        }
        throw ProgramError(description: "the program millrace was not built beside the tests")
    }

    /// The SQLite file.
    var database: String { folder.path("m.db") }
    var data: String { folder.path("m.db-data") }
    var outbox: String { "\(data)/outbox" }
    var transferbox: String { "\(data)/transferbox/1" }

    /// Starts the program.
    func start(_ arguments: [String], _ more: [String: String] = [:]) throws -> RunningProgram {
        var environment = [
            "MILLRACE_DATABASE": address, "MILLRACE_DATA": data, "HOME": folder.path,
            "USER": "tester",
            "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC",
            // Any free port: tests run side by side.
            "MILLRACE_LISTEN": "127.0.0.1:0",
        ]
        environment.merge(self.environment) { $1 }
        environment.merge(more) { $1 }
        return try RunningProgram(
            try Self.executable(),
            arguments,
            environment: environment,
            workingFolder: Self.repository,
            scratch: folder.path
        )
    }

    /// Runs the program to its end.
    func run(
        _ arguments: String...,
        environment: [String: String] = [:]
    ) async throws -> RunningProgram.Ended {
        try await start(arguments, environment).end()
    }

    /// Runs the program and expects an exit code.
    @discardableResult
    func run(
        expecting code: Int32 = 0,
        _ arguments: [String],
        at place: SourceLocation = #_sourceLocation
    ) async throws -> RunningProgram.Ended {
        let ended = try await start(arguments).end()
        #expect(
            ended.code == code,
            "\(arguments.joined(separator: " ")): \(ended.output)\(ended.error)",
            sourceLocation: place
        )
        return ended
    }

    /// Opens the database from outside.
    func open() throws -> Database {
        let configuration = try Configuration(
            address: address,
            dataFolder: data,
            environment: [:]
        )
        return try Database(
            configuration.database,
            migrations: MillraceSchema.migrations,
            witness: FileManager.default.fileExists(atPath: data) ? configuration.witnessFile : nil
        )
    }

    /// Reads the database from outside.
    func read<Value>(_ body: (Connection) throws -> Value) throws -> Value {
        let database = try open()
        defer { try? database.close() }
        return try database.readBlocking(body)
    }

    /// Puts a file into the transferbox as a user would: whole, under its name.
    func drop(_ text: String, as name: String) throws {
        let target = "\(transferbox)/\(name)"
        try FileManager.default.createDirectory(
            atPath: (target as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        try Data(text.utf8).write(to: URL(fileURLWithPath: target), options: .atomic)
    }

    /// All files below a folder, by their path in it; hidden ones too.
    static func files(below folder: String) -> [String] {
        (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? [])
            .filter { path in
                var isFolder: ObjCBool = false
                _ = FileManager.default.fileExists(
                    atPath: "\(folder)/\(path)",
                    isDirectory: &isFolder
                )
                return !isFolder.boolValue
            }.sorted()
    }
}
