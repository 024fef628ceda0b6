// SPDX-License-Identifier: Apache-2.0
public import Common

/// How a table of workspaces is cut by ranges of ids (docs/decisions/0012-partitions.md).
///
/// The first range holds the rows of all workspaces; from the second on each workspace has
/// partitions of its own, so that small workspaces cost none.
public struct TablePartition: Sendable, Hashable {
    /// The column with the ids, which is part of the primary key and of every unique index.
    public var column: String
    /// What the ids are given out for, which tells how far they may reach.
    public var kind: IDKind
    /// How many ids a range has.
    public var width: Int64

    /// Cuts a table; ten million ids a range unless said otherwise.
    public init(by column: String, of kind: IDKind, width: Int64 = 10_000_000) {
        self.column = column
        self.kind = kind
        self.width = width
    }

    /// The ranges that should be there before more ids are given out: the one that is being filled
    /// and two more; none for a workspace that has used less than a tenth of the first.
    ///
    /// - Parameters:
    ///   - next: The next id that is given out.
    ///   - lowest: The first id that a range is wanted for; the next one unless given.
    /// - Returns: The ranges, lowest first.
    func ahead(of next: Int64, since lowest: Int64? = nil) -> [Range<Int64>] {
        guard next >= width / 10 else { return [] }
        let first = max(1, (lowest ?? next) / width)
        let last = next / width + 2
        guard first <= last else { return [] }
        return (first...last).map { $0 * width..<($0 + 1) * width }
    }
}

/// One range of a workspace's ids in one table, in files of its own.
public struct Partition: Hashable, Sendable {
    /// The table.
    public let table: String
    /// The table's column with the ids.
    public let column: String
    /// The workspace.
    public let workspace: WorkspaceID
    /// The ids.
    public let ids: Range<Int64>

    /// The physical name: 63 bytes at most, which is what PostgreSQL keeps.
    var name: String { "\(table)_w\(workspace.value)_\(ids.lowerBound)" }
}
