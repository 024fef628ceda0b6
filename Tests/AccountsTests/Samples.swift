// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import TestSupport

extension TestEngine {
    /// A fresh database with the tables of the room.
    func accounts(record: (@Sendable (String) -> Void)? = nil) throws -> Database {
        try open(migrations: AccountsSchema.migrations, record: record)
    }
}

/// A call by Ada in a workspace, on Monday.
func context(_ workspace: WorkspaceID = WorkspaceID(1)) -> Context {
    Context(
        workspace: workspace,
        actor: "Ada",
        source: .manualEdit,
        moment: ManualTime.monday
    )
}
