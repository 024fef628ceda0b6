// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Files
import Foundation
import Imports
import Millrace
import Tasks

/// `import DATABASE FOLDER CSV`: one import in a process of its own, as the product does it.
///
/// Prints the seconds, the peak of memory in MB, and the outcome.
struct ImportProcess {
    private let address: String
    private let folder: String
    private let csv: String

    init(_ arguments: [String]) {
        address = arguments[1]
        folder = arguments[2]
        csv = arguments[3]
    }

    func run() async throws {
        let installation = try Installation(
            Configuration(
                database: DatabaseAddress(address),
                dataFolder: folder
            )
        )
        let workspace = try await BenchWorkspace.open(installation)
        let file = try await spool(installation)
        let start = Date()
        let task = try await installation.database.write { transaction in
            try ImportStarter(workspace).upload(
                file,
                name: "people.csv",
                plan: ImportPlan(),
                by: context(workspace),
                in: transaction
            )
        }
        try await installation.worker.run(task, of: workspace)
        let seconds = Date().timeIntervalSince(start)
        let record = try await installation.database.read { connection in
            try TaskStore(workspace).task(task, in: connection)
        }
        print(
            "\(seconds) \(BenchWorkspace.peakMegabytes()) \(record.outcome ?? record.failure ?? "no outcome")"
        )
    }

    private func context(_ workspace: WorkspaceID) -> Context {
        Context(
            workspace: workspace,
            actor: "bench",
            source: .manualImport,
            moment: SystemTime().now()
        )
    }

    /// The upload is not part of the import's time.
    private func spool(_ installation: Installation) async throws -> SpoolFile {
        try await installation.database.blocking {
            let writer = try installation.spool.create(.upload, name: "bench.csv")
            guard let file = FileHandle(forReadingAtPath: csv) else {
                throw BenchError.importFailed("no file")
            }
            while let chunk = try file.read(upToCount: 1 << 20), !chunk.isEmpty {
                try chunk.withUnsafeBytes { try writer.write($0) }
            }
            return try writer.finish()
        }
    }
}
