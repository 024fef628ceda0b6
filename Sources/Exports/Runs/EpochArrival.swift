// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// Lets exports go on in another epoch that a move began, with nothing lost.
public enum EpochArrival {
    /// Exports that have run since the last restore need not say again what it took back.
    ///
    /// - Parameters:
    ///   - workspace: The workspace that came; nil for all there are.
    ///   - old: The epoch that they were in.
    ///   - new: The epoch that they go on in.
    ///   - transaction: Where the clock gets the new epoch.
    /// - Throws: `DatabaseError`.
    public static func carry(
        _ workspace: WorkspaceID?,
        from old: Int64,
        to new: Int64,
        in transaction: Transaction
    ) throws {
        guard let workspace else {
            try transaction.execute(
                "UPDATE export SET epoch = $2 WHERE epoch = $1 -- all workspaces",
                [old, new]
            )
            return
        }
        try transaction.execute(
            "UPDATE export SET epoch = $3 WHERE workspace_id = $1 AND epoch = $2",
            [workspace, old, new]
        )
    }
}
