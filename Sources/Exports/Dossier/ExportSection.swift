// SPDX-License-Identifier: Apache-2.0
public import Audience
public import Common
public import Database
import Files

/// The exports that carried a person, answered from windows and stamps (spec/audience.md, promise 8).
///
/// A file is listed when its window holds a stamp of the person that the export's type is about.
/// Of a profile's updates only the latest is known: for files of earlier windows it says that they
/// may hold it. The source filter is taken as it is set now.
public struct ExportSection: DossierSection {
    private let keptFor: @Sendable (WorkspaceID, Connection) throws -> Span

    /// Makes the section.
    ///
    /// - Parameter keptFor: How long a workspace keeps delivered files; 5 days by default.
    public init(
        keptFor: @escaping @Sendable (WorkspaceID, Connection) throws -> Span = { _, _ in .days(5) }
    ) {
        self.keptFor = keptFor
    }

    /// `Exports`.
    public var title: String { "Exports" }

    /// The exports and their runs, which name nobody, and the kept copies of files.
    public var relations: [String] {
        ["export", "export_run", SpoolKind.sealedExport.rawValue]
    }

    /// The files that carried a person; those that only may have are one entry for each export.
    public func entries(
        for person: DossierPerson,
        in connection: Connection
    ) throws -> [DossierEntry] {
        let files = try CarriedFiles(person, in: connection).all()
        let certain = files.filter { $0.certainty != .earlierUpdate }.map(entry)
        let possible = Dictionary(grouping: files.filter { $0.certainty == .earlierUpdate }) {
            $0.run.export
        }
        return (certain + possible.values.compactMap(summary))
            .sorted { ($0.moment ?? .beginning) < ($1.moment ?? .beginning) }
    }

    /// Says which files are left and until when: what was delivered is the receiver's, what is kept
    /// here goes on its day.
    public func erase(
        _ person: DossierPerson,
        by context: Context,
        in transaction: Transaction
    ) throws -> [String] {
        let span = try keptFor(person.table.workspace, transaction)
        return try CarriedFiles(person, keptOnly: true, in: transaction).all().map {
            KeptFileSentence($0, keptFor: span).text
        }
    }

    private func entry(_ file: CarriedFile) -> DossierEntry {
        let window = file.run.plan.window
        return DossierEntry(
            file.certainty == .certain ? "in file" : "may be in file",
            at: file.run.deliveredAt,
            [
                .init("export", file.export), .init("event", file.event),
                .init("eventTime", file.moment?.description), .init("seq", "\(file.run.seq)"),
                .init("file", file.run.fileName),
                .init("from", window.from.moment.description),
                .init("to", window.to.moment.description),
                .init("note", file.isDelivered ? file.certainty.words : "waits for its delivery"),
            ]
        )
    }

    private func summary(_ files: [CarriedFile]) -> DossierEntry? {
        guard let first = files.first, let last = files.last else { return nil }
        return DossierEntry(
            "may be in files",
            at: last.run.deliveredAt,
            [
                .init("export", first.export), .init("event", first.event),
                .init(
                    "seq",
                    first.run.seq == last.run.seq
                        ? "\(first.run.seq)" : "\(first.run.seq) to \(last.run.seq)"
                ),
                .init("from", first.run.plan.window.from.moment.description),
                .init("to", last.run.plan.window.to.moment.description),
                .init("note", CarriedFile.Certainty.earlierUpdate.words),
            ]
        )
    }
}

/// What an erasure says of a file that is kept, as a pure value.
struct KeptFileSentence {
    let text: String

    init(_ file: CarriedFile, keptFor span: Span) {
        let verb = file.certainty == .certain ? "holds" : "may hold"
        let subject =
            "The file \(file.run.fileName) of the export \(file.export) \(verb) the person"
        guard let delivered = file.run.deliveredAt else {
            text = "\(subject) and waits for its delivery."
            return
        }
        let parts = Day(utc: delivered + span).components
        let day = "\(parts.year)-\(padded(parts.month, 2))-\(padded(parts.day, 2))"
        text = "\(subject); it was delivered, and the copy that is kept here expires on \(day)."
    }
}

extension Instant {
    /// 1970, before anything happened here.
    static let beginning = Instant(microseconds: 0)
}
