// SPDX-License-Identifier: Apache-2.0
public import Common
public import Files

/// Where the files of an export go and how they are named (spec/exports.md, "Transfer").
///
/// A name is the file name with the suffix, dates filled in, and `.csv` unless the file name ends with
/// `.csv`, `.txt`, `.tsv` or `.dat`; `.zip` takes the place of that ending, `.gz` follows it.
public struct Transfer: Sendable, Hashable, Codable {
    /// The location; the transferbox by default.
    public var location: LocationID
    /// The file name, which may hold date patterns such as `$yyyyMMdd`.
    public var fileName: String
    /// A date pattern after the name and before its ending; none by default.
    public var suffix: String
    /// How files are compressed; not by default.
    public var compression: Compression
    /// The name of the file inside; that of the file without `.zip` or `.gz` when nil.
    public var innerFileName: String?

    /// Makes a transfer.
    public init(
        fileName: String,
        suffix: String = "",
        location: LocationID = .transferbox,
        compression: Compression = .none,
        innerFileName: String? = nil
    ) {
        self.location = location
        self.fileName = fileName
        self.suffix = suffix
        self.compression = compression
        self.innerFileName = innerFileName
    }

    /// The names of the file that is due at an instant, by the clocks of a zone.
    ///
    /// - Throws: `FilesError.badPattern` for a `$` without a date part.
    func names(for due: Instant, in zone: Zone) throws -> (outer: String, inner: String) {
        let (stem, ending) = FileEnding.split(fileName)
        let base = try FileNamePattern(stem + suffix).expand(due, in: zone)
        let plain = base + ending
        let inner =
            try innerFileName.map { try FileNamePattern($0).expand(due, in: zone) } ?? plain
        switch compression {
        case .none: return (plain, plain)
        case .gzip: return (plain + compression.suffix, inner)
        case .zip: return (base + compression.suffix, inner)
        }
    }
}

/// The ending of a file name.
enum FileEnding {
    private static let packed = [".zip", ".gz"]
    private static let plain = [".csv", ".txt", ".tsv", ".dat"]

    /// Splits a name before one of the usual endings of text files; `.csv` when it has none.
    static func split(_ name: String) -> (stem: String, ending: String) {
        let (unpacked, _) = cut(packed, off: name)
        let (stem, ending) = cut(plain, off: unpacked)
        return (stem, ending.isEmpty ? plain[0] : ending)
    }

    /// Puts the number of a run before all endings: `a-7.csv.gz`.
    static func numbered(_ name: String, _ seq: Int64) -> String { marked(name, "-\(seq)") }

    /// Puts the clock's epoch before all endings: `a-7-e2.csv.gz`.
    static func numbered(_ name: String, epoch: Int64) -> String { marked(name, "-e\(epoch)") }

    /// Puts the number of an export before all endings: `a-7-e2-x5.csv`.
    static func numbered(_ name: String, export: ExportID) -> String { marked(name, "-x\(export)") }

    /// The names that the file of a run can have, in the order in which they are tried.
    static func candidates(for run: ExportRun) -> [String] {
        let second = numbered(run.fileName, run.seq)
        let third = numbered(second, epoch: run.plan.epoch)
        return [run.fileName, second, third, numbered(third, export: run.export)]
    }

    private static func marked(_ name: String, _ mark: String) -> String {
        let (unpacked, outer) = cut(packed, off: name)
        let (stem, ending) = cut(plain, off: unpacked)
        return "\(stem)\(mark)\(ending)\(outer)"
    }

    private static func cut(_ endings: [String], off name: String) -> (String, String) {
        let folded = name.lowercased()
        guard let ending = endings.first(where: folded.hasSuffix) else { return (name, "") }
        return (String(name.dropLast(ending.count)), String(name.suffix(ending.count)))
    }
}
