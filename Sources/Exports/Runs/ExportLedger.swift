// SPDX-License-Identifier: Apache-2.0
public import Common
import Database
import Files

/// The result of an export's task.
public struct ExportLedger: Sendable, Hashable, Codable {
    /// The file's number in the chain; nil when the window gave no file.
    public var seq: Int64?
    /// The file's name at its location.
    public var file: String?
    /// How many rows it has.
    public var rows: Int64
    /// Its length in bytes.
    public var bytes: Int64
    /// Its SHA-256.
    public var sha256: String?
    /// The wall time of the window's beginning.
    public var from: Instant
    /// The wall time of the window's end.
    public var to: Instant
    /// How many rows of the window were left out.
    public var leftOut: LeftOut
    /// What the file holds of its rows; nil for what is new.
    public var kind: ExportKind?

    init(_ run: ExportRun, _ sealed: SealedFile) {
        seq = run.seq
        file = run.fileName
        rows = sealed.rows
        bytes = sealed.packed.file.bytes
        sha256 = sealed.packed.file.sha256
        from = run.plan.window.from.moment
        to = run.plan.window.to.moment
        leftOut = sealed.leftOut
        kind = run.plan.kind
    }

    init(empty run: ExportRun) {
        rows = 0
        bytes = 0
        from = run.plan.window.from.moment
        to = run.plan.window.to.moment
        leftOut = LeftOut()
        kind = run.plan.kind
    }

    /// The outcome in one sentence.
    public var words: String {
        guard let file else {
            return kind == .full
                ? "No row is there; no file was made." : "Nothing new; no file was made."
        }
        return "\(rows) \(rows == 1 ? "row" : "rows") delivered in \(file)."
    }
}

/// The report of an execution, as it is mailed.
struct ExportReport {
    let subject: String
    let text: String

    /// An execution that went well.
    init(_ export: ExportRecord, _ ledger: ExportLedger) {
        let definition = export.definition
        subject = "Export \(definition.name): \(ledger.rows) rows"
        var lines = [
            ledger.words, "", "Type: \(definition.pair.title)", "Rows: \(ledger.rows)",
            ledger.kind == .full
                ? "Everything as of: \(ledger.to)" : "Window: \(ledger.from) to \(ledger.to)",
        ]
        if let file = ledger.file, let sha256 = ledger.sha256 {
            lines += ["File: \(file)", "Size: \(ledger.bytes) bytes", "SHA-256: \(sha256)"]
        }
        if definition.pair.facts.activeCampaignsOnly {
            lines.append(
                "Left out, campaign not active within 31 days: \(ledger.leftOut.inactiveCampaigns)"
            )
        }
        if definition.sourceFilter.isOn {
            lines.append("Left out by the source filter: \(ledger.leftOut.sourceFilter)")
        }
        text = lines.joined(separator: "\n") + "\n"
    }

    /// An execution that failed for good.
    init(_ export: ExportRecord, failure: any Error) {
        subject = "Export \(export.definition.name) failed"
        let rest =
            export.definition.pair.isFull
            ? "The next execution makes the whole file anew."
            : "Nothing is lost: the next execution covers this window too."
        text = """
            The export did not deliver a file: \(failure)

            \(rest)

            """
    }
}
