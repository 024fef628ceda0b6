// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Exports
import Files
import Imports

/// Tasks for nodes to run, enqueued from outside as a schedule would.
extension Scenario {
    private var context: Context {
        Context(
            workspace: WorkspaceID(1),
            actor: "test",
            source: .fileImport,
            moment: SystemTime().now()
        )
    }

    /// One look of each of some automated imports.
    func enqueue(imports names: [String], in database: Database) throws {
        let store = AutomatedImportStore(WorkspaceID(1))
        try database.writeBlocking { transaction in
            for name in names {
                let automated = try store.find(named: name, in: transaction)
                _ = try store.runNow(automated.id, by: context, in: transaction)
            }
        }
    }

    /// One execution of each export.
    func enqueueExports(in database: Database) throws {
        let locations = LocationStore(transferboxRoot: "\(scratch.data)/transferbox", kinds: [])
        let store = ExportStore(WorkspaceID(1), locations: locations)
        try database.writeBlocking { transaction in
            for export in try store.all(in: transaction) {
                _ = try store.runNow(export.id, by: context, in: transaction)
            }
        }
    }
}
