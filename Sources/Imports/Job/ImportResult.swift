// SPDX-License-Identifier: Apache-2.0

/// What an import task keeps as its ledger.
public struct ImportResult: Sendable, Hashable, Codable {
    /// The breakdown.
    public var breakdown: ImportBreakdown
    /// The file's name.
    public var fileName: String
    /// The header's names, for the rejects file.
    public var header: [String]
    /// Whether nothing was written.
    public var isDryRun: Bool
    /// Permissions that existing profiles gained.
    public var optIns: Int
    /// Permissions that existing profiles lost.
    public var optOuts: Int
    /// Rows of a replayed file whose line is not among those that failed.
    public var foreignRows: Int64
}
