// SPDX-License-Identifier: Apache-2.0
import Audience
public import Common
public import Database
import Files

/// What Refresh schema reads: the header, a sample of rows, and the proposed mapping.
public struct ImportPreview: Sendable, Hashable {
    /// The header's names.
    public var header: [String]
    /// The first rows, at most 30.
    public var sample: [[String]]
    /// The mapping of the plan, or the proposed one.
    public var mapping: [ColumnMapping]

    /// Reads a file; the call blocks.
    ///
    /// - Throws: What the Files room says of the file, or ``ImportError/noHeader``.
    public static func read(
        path: String,
        plan: ImportPlan,
        workspace: WorkspaceID,
        database: Database
    ) throws -> ImportPreview {
        let head = try FileHead(path: path, format: plan.format).read(rows: 30)
        let mapping = try database.readBlocking { connection in
            let (table, lists) = try plan.target(workspace, in: connection)
            return plan.mapping
                ?? ColumnProposal.propose(header: head.header, table: table, lists: lists)
        }
        return ImportPreview(header: head.header, sample: head.rows, mapping: mapping)
    }
}
