// SPDX-License-Identifier: Apache-2.0
public import Common

extension Transaction {
    /// Takes a block of ids of one kind for a workspace; never given again once committed.
    ///
    /// Ids come from blocks, not from the table's last row: SQLite would hand out the id of a
    /// deleted last row again, and an erased person's id would go to a stranger.
    ///
    /// - Returns: The first id of the block.
    public func allocate(_ count: Int, _ kind: IDKind, in workspace: WorkspaceID) throws -> Int64 {
        try engine.allocate(count, kind.rawValue, workspace: workspace.value)
    }

    /// Takes one id.
    public func nextID<Kind>(_ kind: IDKind, in workspace: WorkspaceID) throws -> ID<Kind> {
        ID(try allocate(1, kind, in: workspace))
    }
}

/// The kinds of ids that are given out in blocks.
public struct IDKind: Hashable, Sendable, RawRepresentable {
    /// The word under which the blocks are kept.
    public let rawValue: String

    /// Makes a kind; each room declares its own.
    public init(rawValue: String) { self.rawValue = rawValue }
}
