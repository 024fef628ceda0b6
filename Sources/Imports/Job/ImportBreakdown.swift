// SPDX-License-Identifier: Apache-2.0

/// What a row of a file can come to, in order of precedence (spec/imports.md).
public enum RowFate: String, Sendable, Codable, CaseIterable {
    /// The number of fields differs from the header's.
    case wrongColumns
    /// Every mapped identifier is blank.
    case emptyIdentifier
    /// The identifier of an earlier accepted row.
    case duplicate
    /// A value does not fit, or the write failed.
    case notSaved
    /// Imported with a remark; such a row counts as imported.
    case warning
}

/// The ledger of an import (spec/imports.md, "The breakdown").
public struct ImportBreakdown: Sendable, Hashable, Codable {
    /// Rows in the file; neither the header nor empty lines count.
    public var total = 0
    /// Rows that made a profile.
    public var created = 0
    /// Rows that changed a profile.
    public var updated = 0
    /// Rows that held nothing new.
    public var unchanged = 0
    /// Imported rows with a warning.
    public var warnings = 0
    /// Rows with the identifier of an earlier accepted row.
    public var duplicates = 0
    /// Rows with another number of fields than the header.
    public var wrongColumns = 0
    /// Rows whose identifiers are all blank.
    public var emptyIdentifiers = 0
    /// Rows with a value that does not fit.
    public var notSaved = 0
    /// Empty lines, which are no rows.
    public var emptyLines = 0
    /// Rows that were not reached because someone stopped the import.
    public var notReached = 0

    /// Makes an empty ledger.
    public init() {}

    /// Rows that were imported.
    public var imported: Int { created + updated + unchanged }

    /// Rows that failed.
    public var failed: Int { duplicates + wrongColumns + emptyIdentifiers + notSaved }

    /// Whether every row of the file stands in exactly one place (promise 1).
    public var closes: Bool { total == imported + failed + notReached && warnings <= imported }

    /// A line of the breakdown.
    public struct Line: Sendable, Hashable, Codable {
        /// Its words.
        public var label: String
        /// Its count.
        public var count: Int
    }

    /// The lines that people see: four always, the others only above zero.
    public var lines: [Line] {
        let always = [
            Line(label: "Total", count: total), Line(label: "Imported", count: imported),
            Line(label: "Warnings", count: warnings), Line(label: "Total failed", count: failed),
        ]
        let optional = [
            Line(label: "Failed by duplicated rows", count: duplicates),
            Line(label: "Failed by the wrong number of columns", count: wrongColumns),
            Line(label: "Failed by empty identifier", count: emptyIdentifiers),
            Line(label: "Failed during profile saving", count: notSaved),
            Line(label: "Not reached before the stop", count: notReached),
        ]
        return always + optional.filter { $0.count > 0 }
    }

    mutating func count(_ fate: RowFate) {
        switch fate {
        case .wrongColumns: wrongColumns += 1
        case .emptyIdentifier: emptyIdentifiers += 1
        case .duplicate: duplicates += 1
        case .notSaved: notSaved += 1
        case .warning: warnings += 1
        }
    }
}
