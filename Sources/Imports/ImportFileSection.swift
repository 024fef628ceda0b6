// SPDX-License-Identifier: Apache-2.0
public import Audience
public import Common
public import Database
public import Files
import Tasks

/// The files of imports that are kept in the spool: uploads and fetched files, until their tasks
/// are through with them.
public struct ImportFileSection: DossierSection {
    private static let kinds: [SpoolKind] = [.upload, .fetched]

    private let spool: Spool

    /// Makes the section of a spool.
    public init(_ spool: Spool) {
        self.spool = spool
    }

    /// `Import files`.
    public var title: String { "Import files" }

    /// The spool kinds; staged rows and rejects live no longer than the process that made them.
    public var relations: [String] {
        (Self.kinds + [.staging, .rejects]).map(\.rawValue)
    }

    /// Nothing: the lines of a person in files that were imported are the ledger's.
    public func entries(
        for person: DossierPerson,
        in connection: Connection
    ) throws
        -> [DossierEntry]
    { [] }

    /// Removes the files of tasks that have ended; the file of one that waits is still needed.
    public func erase(
        _ person: DossierPerson,
        by context: Context,
        in transaction: Transaction
    ) throws -> [String] {
        var waiting = 0
        for kind in Self.kinds {
            let names = try spool.names(of: kind, in: transaction)
            for name in names where name.hasPrefix("\(context.workspace)-") {
                if try isNeeded(name, context.workspace, transaction) {
                    waiting += 1
                } else {
                    try spool.remove(
                        SpoolFile(kind: kind, name: name, bytes: 0, sha256: ""),
                        in: transaction
                    )
                }
            }
        }
        guard waiting > 0 else { return [] }
        return ["\(waiting) files wait to be imported and may bring the person in again."]
    }

    private func isNeeded(
        _ name: String,
        _ workspace: WorkspaceID,
        _ transaction: Transaction
    ) throws -> Bool {
        let waiting: Int? = try transaction.value(
            """
            SELECT count(*) FROM task
            WHERE workspace_id = $1 AND status IN ('new', 'executing')
                AND (\(transaction.contains(column: "parameters", placeholder: "$2"))
                    OR \(transaction.contains(column: "checkpoint", placeholder: "$2")))
            """,
            [workspace, "\"\(name)\""]
        )
        return waiting != 0
    }
}

extension ImportFileSection {
    /// Removes the files of imports that are through, which a crash left; called by upkeep.
    ///
    /// The file of an import that ended Fatal stays for another try.
    ///
    /// - Throws: What database or system said.
    public func removeFinished(of workspace: WorkspaceID, from database: Database) throws {
        for kind in Self.kinds {
            for name in try spool.names(of: kind) where name.hasPrefix("\(workspace)-") {
                let states = try database.readBlocking { connection in
                    try connection.rows(
                        """
                        SELECT status FROM task WHERE workspace_id = $1
                            AND (\(connection.contains(column: "parameters", placeholder: "$2"))
                                OR \(connection.contains(column: "checkpoint", placeholder: "$2")))
                        """,
                        [workspace, "\"\(name)\""]
                    ).map { try $0.get(0, as: TaskStatus.self) }
                }
                let through: [TaskStatus] = [.completed, .error]
                guard !states.isEmpty, states.allSatisfy(through.contains) else { continue }
                try spool.remove(SpoolFile(kind: kind, name: name, bytes: 0, sha256: ""))
            }
        }
    }
}
