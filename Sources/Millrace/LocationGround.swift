// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import Files

/// Brings locations and sealed secrets together: neither room knows the other.
extension Installation {
    /// The locations of an installation, with every kind that there is.
    static func locations(
        _ configuration: Configuration,
        _ database: Database,
        _ failpoints: Failpoints
    ) -> LocationStore {
        let hosts = configuration.locationHosts
        return LocationStore(
            transferboxRoot: configuration.transferboxFolder,
            kinds: [
                folders(configuration, database),
                SFTPKind(allowedHosts: hosts, failpoints: failpoints),
                FTPSKind(allowedHosts: hosts, failpoints: failpoints),
            ],
            vault: vault(configuration, database),
            failpoints: failpoints
        )
    }

    /// Folders of this machine.
    ///
    /// Whoever administers one workspace of several is not the operator, so without named folders
    /// none is allowed then: a folder with a backup has the data of all.
    private static func folders(
        _ configuration: Configuration,
        _ database: Database
    ) -> FolderKind {
        let hasNames = configuration.locationFolders != nil
        return FolderKind(
            allowedRoots: configuration.locationFolders ?? ["/"],
            refusedRoots: configuration.ownFiles,
            permission: FolderPermission(
                database,
                refusal: "there are several workspaces, so the operator has to name the folders "
                    + "below which locations may lie (MILLRACE_LOCATION_FOLDERS)"
            ) { connection in
                try hasNames || WorkspaceStore().all(in: connection).count <= 1
            }
        )
    }

    private static func vault(
        _ configuration: Configuration,
        _ database: Database
    ) -> LocationVault {
        let secrets = secrets(configuration)
        return LocationVault(
            read: { workspace, name in
                let store = try secrets(workspace)
                return try database.readBlocking { try store.secret(name, in: $0) }?.reveal()
            },
            write: { workspace, name, value, context, transaction in
                let store = try secrets(workspace)
                if let value {
                    try store.set(name, to: Secret(value), by: context, in: transaction)
                } else {
                    try store.remove(name, by: context, in: transaction)
                }
            }
        )
    }
}
