// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Foundation
import Millrace
import Synchronization
import TestSupport

@testable import MillraceCommand

/// The demo's whole loop in this process, on Samples, with its statements recorded.
struct DemoRun {
    let folder: TemporaryFolder
    let session: Session
    let statements: Set<String>

    /// Runs the loop.
    static func make(environment: [String: String] = [:]) async throws -> DemoRun {
        let folder = try TemporaryFolder()
        let recorder = Recorder()
        let address = "sqlite:\(folder.path("demo.db"))"
        let installation = try Installation(
            Configuration(address: address, environment: environment)
        ) { recorder.add($0) }
        let session = Session(
            installation: installation,
            workspace: try await installation.workspace(named: nil, by: "test"),
            actor: "test",
            source: .fileImport,
            output: Output(isJSON: true)
        )
        let samples = "\(Scratch.repository)/Samples"
        try await Demo(session: session, folder: folder.path, samples: samples).run()
        return DemoRun(folder: folder, session: session, statements: recorder.statements)
    }

    var installation: Installation { session.installation }
    var database: Database { session.installation.database }
    var context: Context { session.context }

    /// The tables of the database with their columns.
    func tables() throws -> [String: [String]] {
        try database.readBlocking { connection in
            let names = try connection.rows(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            ).map { try $0.get(0, as: String.self) }
            var tables: [String: [String]] = [:]
            for name in names {
                tables[name] = try connection.rows("SELECT name FROM pragma_table_info('\(name)')")
                    .map { try $0.get(0) }
            }
            return tables
        }
    }
}

/// Collects statements.
private final class Recorder: Sendable {
    private let found = Mutex<Set<String>>([])

    var statements: Set<String> { found.withLock { $0 } }

    func add(_ statement: String) { found.withLock { _ = $0.insert(statement) } }
}
