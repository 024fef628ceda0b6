// SPDX-License-Identifier: Apache-2.0
public import Audience
public import Common
public import Database
public import Files

/// The files of exports over a person's table that are kept in the spool.
public struct SealedFileSection: DossierSection {
    private let spool: Spool

    /// Makes the section of a spool.
    public init(_ spool: Spool) {
        self.spool = spool
    }

    /// `Export files`.
    public var title: String { "Export files" }

    /// The spool kind.
    public var relations: [String] { [SpoolKind.sealedExport.rawValue] }

    /// The files of exports over the person's table; which lines they hold is not looked up.
    public func entries(
        for person: DossierPerson,
        in connection: Connection
    ) throws
        -> [DossierEntry]
    {
        try delivered(person, in: connection).map { run in
            DossierEntry(
                "delivered",
                at: run.deliveredAt,
                [.init("export", run.export.description), .init("file", run.fileName)]
            )
        }
    }

    /// Removes the kept copies of delivered files; what was delivered is with its receivers.
    public func erase(
        _ person: DossierPerson,
        by context: Context,
        in transaction: Transaction
    ) throws -> [String] {
        let runs = try delivered(person, in: transaction)
        for run in runs where run.isFileKept {
            try RunStore(context.workspace).forgetFile(run, in: transaction)
            if let file = run.sealed?.packed.file { try spool.remove(file) }
        }
        guard !runs.isEmpty else { return [] }
        return [
            "\(runs.count) export files were delivered since and may name the person; those in a"
                + " transferbox are removed after its days."
        ]
    }

    private func delivered(
        _ person: DossierPerson,
        in connection: Connection
    ) throws -> [ExportRun] {
        let workspace = person.table.workspace
        let exports = try connection.rows(
            "SELECT \(ExportRecord.columns) FROM export WHERE workspace_id = $1",
            [workspace]
        ).map(ExportRecord.init).filter { $0.definition.table == person.table.id }
        return try exports.flatMap { export in
            try RunStore(workspace).all(of: export.id, limit: 10_000, in: connection)
        }.filter { $0.state == .delivered }
    }
}
