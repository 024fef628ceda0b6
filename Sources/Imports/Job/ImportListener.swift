// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// A run of an import, as those who listen for it see it.
public struct ImportRun: Sendable, Hashable {
    /// The workspace.
    public var workspace: WorkspaceID
    /// The task whose ledger the run writes.
    public var task: TaskID
    /// 0 for the file itself, n for its n-th replay.
    public var batch: Int
    /// The automated import, if it is one.
    public var importID: ImportID?
    /// The zone whose clocks count for the import.
    public var zone: Zone
    /// When the run was first executing; for a held file, when it was accepted.
    public var startedAt: Instant
    /// Whether someone stopped it before its last row.
    public var isStopped: Bool
    /// The profile table that the rows went to; nil for a custom table.
    public var table: ProfileTableID?
}

/// Someone who acts on imports, such as the trigger of a campaign.
///
/// Called inside the import's own transactions, so that what follows is enqueued with them: the
/// Imports room knows nothing of who listens.
public protocol ImportListener: Sendable {
    /// The run has started to merge.
    func importStarted(_ run: ImportRun, by context: Context, in transaction: Transaction) throws
    /// The run has come to its end and its ledger closes.
    func importEnded(_ run: ImportRun, by context: Context, in transaction: Transaction) throws
}
