// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import Exports
import Files

/// What has to be done now and then: ticks of the change clock, and clearing what has expired.
public struct Upkeep: Sendable {
    private let installation: Installation

    /// Makes the upkeep of an installation.
    public init(_ installation: Installation) {
        self.installation = installation
    }

    /// Takes a tick, so that exports find one at every minute.
    public func tick() async throws {
        _ = try await ChangeClock(installation.database).tick()
    }

    /// Clears old ticks, expired files, and what dead processes left.
    public func clear() async throws {
        let database = installation.database
        let now = database.time.now()
        try await ChangeClock(database).forget(before: now - .days(3))
        let workspaces = try await database.read { connection in
            try WorkspaceStore().all(in: connection).map { workspace in
                (
                    id: workspace.id,
                    days: try SettingStore(workspace.id).value(.transferboxDays, in: connection)
                )
            }
        }
        try await database.blocking { [installation] in
            try installation.spool.sweep()
            for workspace in workspaces {
                _ = try installation.locations.transferboxes.removeFiles(
                    olderThan: .days(Int64(workspace.days)),
                    now: now,
                    workspace: workspace.id
                )
                try ExportRetention(workspace.id, spool: installation.spool)
                    .removeFiles(from: installation.database)
            }
        }
    }
}
