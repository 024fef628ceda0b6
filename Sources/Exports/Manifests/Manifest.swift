// SPDX-License-Identifier: Apache-2.0
import Common
public import Database
public import Files

/// What stands beside each file, and makes a chain that ``ExportVerifier`` checks (spec/exports.md,
/// "Files").
public struct Manifest: Sendable, Hashable, Codable {
    /// A cut-off as a receiver sees it.
    public struct CutOff: Sendable, Hashable, Codable {
        /// Counts the ticks of the installation; 0 is the beginning of time.
        public var tick: Int64
        /// The wall time, ISO 8601 in UTC.
        public var at: String
        /// The stamps' bounds.
        public var bounds: TickBounds
    }

    /// The half-open window.
    public struct WindowText: Sendable, Hashable, Codable {
        /// The previous file's cut-off.
        public var from: CutOff
        /// This file's cut-off.
        public var to: CutOff
    }

    /// A file's name, length and hash.
    public struct Digest: Sendable, Hashable, Codable {
        /// The name.
        public var name: String
        /// The length in bytes.
        public var bytes: Int64
        /// The SHA-256, 64 hexadecimal digits.
        public var sha256: String
    }

    /// The version of this format.
    public var format = 1
    /// The program's version.
    public var program: String
    /// The installation's identity.
    public var installation: String
    /// The workspace's number.
    public var workspace: Int64
    /// The export's number.
    public var export: Int64
    /// The export's name with its date suffix.
    public var name: String
    /// The type, such as `email.sent`.
    public var eventType: ExportPair
    /// `full` when the file holds everything that was there at the window's end; absent for what is new.
    ///
    /// A full file needs no file before it, and names none.
    public var kind: ExportKind?
    /// The number of the saved search that a full file is limited to; absent for all rows.
    public var search: Int64?
    /// The file's number in the chain, from 1.
    public var seq: Int64
    /// The clock's epoch.
    public var epoch: Int64
    /// Set on the first file after a restore: earlier files may hold what this one holds again.
    public var rewoundFrom: Stamp?
    /// What it was due for, ISO 8601 in UTC.
    public var dueAt: String
    /// The window.
    public var window: WindowText
    /// How many rows the file has, without the header.
    public var rows: Int64
    /// The headers in order.
    public var columns: [String]
    /// How many rows of the window were left out.
    public var leftOut: LeftOut
    /// How the file is compressed.
    public var compression: Compression
    /// The file as it is delivered.
    public var file: Digest
    /// What is in it.
    public var content: Digest
    /// The SHA-256 of the previous manifest; absent in the first.
    public var previous: String?

    /// What is appended to a file's name for that of its manifest.
    public static let suffix = ".manifest.json"

    /// The manifest's bytes as text: JSON with sorted keys, indented, one line end.
    ///
    /// - Throws: `EncodingError`.
    public func text() throws -> String { try JSONText.encode(self, pretty: true) + "\n" }

    /// The SHA-256 of a text, 64 hexadecimal digits.
    static func hash(_ text: String) -> String { ContentHash(of: Array(text.utf8)).sha256 }
}

extension Manifest.CutOff {
    init(_ tick: Tick) {
        self.init(tick: tick.id, at: tick.moment.description, bounds: tick.bounds)
    }
}

extension Manifest {
    /// The manifest of a run's file under a name.
    init(
        _ run: ExportRun,
        _ sealed: SealedFile,
        fileName: String,
        of export: ExportRecord,
        installation: String,
        program: String
    ) throws {
        let plan = run.plan
        let definition = export.definition
        let suffix = try FileNamePattern(definition.nameSuffix)
        self.init(
            program: program,
            installation: installation,
            workspace: export.workspace.value,
            export: export.id.value,
            name: definition.name + suffix.expand(plan.dueAt, in: definition.zone),
            eventType: definition.pair,
            kind: plan.kind,
            search: plan.search?.value,
            seq: run.seq,
            epoch: plan.epoch,
            rewoundFrom: plan.rewoundFrom,
            dueAt: plan.dueAt.description,
            window: WindowText(from: CutOff(plan.window.from), to: CutOff(plan.window.to)),
            rows: sealed.rows,
            columns: sealed.columns,
            leftOut: sealed.leftOut,
            compression: sealed.compression,
            file: Digest(
                name: fileName,
                bytes: sealed.packed.file.bytes,
                sha256: sealed.packed.file.sha256
            ),
            content: Digest(
                name: sealed.compression == .none ? fileName : plan.innerName,
                bytes: sealed.packed.contentBytes,
                sha256: sealed.packed.contentSHA256
            ),
            previous: plan.previous
        )
    }
}
