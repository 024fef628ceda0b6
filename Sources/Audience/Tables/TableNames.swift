// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// The technical names of a workspace's tables.
///
/// Exports, imports and searches name profile tables and custom tables alike: no two share a name.
enum TableNames {
    /// Checks that a new table's name is possible and that no table has it.
    ///
    /// - Throws: ``AudienceError/badName(_:rule:)``, ``AudienceError/nameTaken(_:)``.
    static func check(
        _ name: String,
        in workspace: WorkspaceID,
        _ connection: Connection
    ) throws {
        try TechnicalName.check(name, limit: 64)
        for relation in ["profile_table", "custom_table"] {
            let holder = try connection.row(
                "SELECT id FROM \(relation) WHERE workspace_id = $1 AND folded_name = $2",
                [workspace, name.lowercased()]
            )
            guard holder == nil else { throw AudienceError.nameTaken(name) }
        }
    }
}
