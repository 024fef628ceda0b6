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
    let scratch: Scratch
    let session: Session
    let statements: Set<String>

    /// Runs the loop.
    static func make(
        _ engine: TestEngine,
        environment: [String: String] = [:]
    ) async throws -> DemoRun {
        let scratch = try Scratch(engine)
        let recorder = Recorder()
        let installation = try Installation(
            Configuration(
                address: scratch.address,
                dataFolder: scratch.data,
                environment: environment
            )
        ) { recorder.add($0) }
        let session = Session(
            installation: installation,
            workspace: try await installation.workspace(named: nil, by: "test"),
            actor: "test",
            source: .fileImport,
            output: Output(isJSON: true)
        )
        let samples = "\(Scratch.repository)/Samples"
        try await Demo(session: session, folder: scratch.folder.path, samples: samples).run()
        return DemoRun(scratch: scratch, session: session, statements: recorder.statements)
    }

    var folder: TemporaryFolder { scratch.folder }

    var installation: Installation { session.installation }
    var database: Database { session.installation.database }
    var context: Context { session.context }

    /// The tables of the database with their columns.
    func tables() throws -> [String: [String]] {
        try database.readBlocking { connection in
            var tables: [String: [String]] = [:]
            for name in try connection.tableNames() {
                tables[name] = try connection.columnNames(of: name)
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
