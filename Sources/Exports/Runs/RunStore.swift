// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Files

/// The runs of a workspace's exports; every transition is guarded by the state it starts from.
struct RunStore: Sendable {
    let workspace: WorkspaceID

    init(_ workspace: WorkspaceID) { self.workspace = workspace }

    /// The run that is not delivered yet, if there is one.
    func unfinished(of export: ExportID, in connection: Connection) throws -> ExportRun? {
        try connection.row(
            """
            SELECT \(ExportRun.columns) FROM export_run
            WHERE workspace_id = $1 AND export_id = $2 AND state <> 'delivered'
            """,
            [workspace, export]
        ).map(ExportRun.init)
    }

    func all(of export: ExportID, limit: Int, in connection: Connection) throws -> [ExportRun] {
        try connection.rows(
            """
            SELECT \(ExportRun.columns) FROM export_run
            WHERE workspace_id = $1 AND export_id = $2 ORDER BY seq DESC LIMIT $3
            """,
            [workspace, export, limit]
        ).map(ExportRun.init)
    }

    /// The runs of an export that have a file, delivered or about to be, oldest first; of all there
    /// ever were, or of those whose file is kept.
    func withFiles(
        of export: ExportID,
        keptOnly: Bool,
        in connection: Connection
    ) throws -> [ExportRun] {
        try connection.rows(
            """
            SELECT \(ExportRun.columns) FROM export_run
            WHERE workspace_id = $1 AND export_id = $2 AND state <> 'planned'
                \(keptOnly ? "AND is_file_kept" : "")
            ORDER BY seq
            """,
            [workspace, export]
        ).map(ExportRun.init)
    }

    /// The delivered runs of exports that were removed, oldest first.
    func withoutExport(keptOnly: Bool, in connection: Connection) throws -> [ExportRun] {
        try connection.rows(
            """
            SELECT \(ExportRun.columns) FROM export_run
            WHERE workspace_id = $1 AND state = 'delivered'
                AND export_id NOT IN (SELECT id FROM export WHERE workspace_id = $1)
                \(keptOnly ? "AND is_file_kept" : "")
            ORDER BY export_id, seq
            """,
            [workspace]
        ).map(ExportRun.init)
    }

    func run(_ seq: Int64, of export: ExportID, in connection: Connection) throws -> ExportRun {
        let row = try connection.row(
            """
            SELECT \(ExportRun.columns) FROM export_run
            WHERE workspace_id = $1 AND export_id = $2 AND seq = $3
            """,
            [workspace, export, seq]
        )
        guard let row else { throw ExportsError.noSuchRun(export, seq: seq) }
        return try ExportRun(row)
    }

    /// Step A; a run that another task had planned and not sealed is planned anew.
    func plan(
        _ plan: RunPlan,
        seq: Int64,
        fileName: String,
        of export: ExportID,
        task: TaskID,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            DELETE FROM export_run
            WHERE workspace_id = $1 AND export_id = $2 AND state = 'planned'
            """,
            [workspace, export]
        )
        try transaction.execute(
            """
            INSERT INTO export_run (workspace_id, export_id, seq, task_id, state, plan, file_name,
                is_put_begun, is_file_kept, planned_at)
            VALUES ($1, $2, $3, $4, 'planned', $5, $6, $7, $7, $8)
            """,
            [
                workspace, export, seq, task, JSONColumn(plan), fileName, false,
                transaction.moment,
            ]
        )
    }

    /// Takes a run back that has no file: its window is cut anew.
    func drop(_ run: ExportRun, in transaction: Transaction) throws -> Bool {
        try transaction.guarded(
            """
            DELETE FROM export_run
            WHERE workspace_id = $1 AND export_id = $2 AND seq = $3 AND state = $4
                AND state <> 'delivered'
            """,
            [workspace, run.export, run.seq, run.state]
        )
    }

    /// The end of step B.
    func seal(
        _ run: ExportRun,
        _ sealed: SealedFile,
        manifest: String,
        in transaction: Transaction
    ) throws -> Bool {
        try transaction.guarded(
            """
            UPDATE export_run SET state = 'sealed', sealed = $4, manifest = $5, is_file_kept = $6
            WHERE workspace_id = $1 AND export_id = $2 AND seq = $3 AND state = 'planned'
            """,
            [workspace, run.export, run.seq, JSONColumn(sealed), manifest, true]
        )
    }

    /// The beginning of step C: from now on a file of that name at the location is this run's.
    func beginPut(
        _ run: ExportRun,
        fileName: String,
        manifest: String,
        at location: LocationID,
        in transaction: Transaction
    ) throws -> Bool {
        try transaction.guarded(
            """
            UPDATE export_run SET is_put_begun = $4, file_name = $5, manifest = $6,
                claimed_location = $7
            WHERE workspace_id = $1 AND export_id = $2 AND seq = $3 AND state = 'sealed'
            """,
            [workspace, run.export, run.seq, true, fileName, manifest, location]
        )
    }

    /// Whether another run has a name at a location.
    func isHeld(
        _ fileName: String,
        at location: LocationID,
        besides run: ExportRun,
        in connection: Connection
    ) throws -> Bool {
        try connection.row(
            """
            SELECT seq FROM export_run
            WHERE workspace_id = $1 AND claimed_location = $2 AND file_name = $3
                AND NOT (export_id = $4 AND seq = $5)
            """,
            [workspace, location, fileName, run.export, run.seq]
        ) != nil
    }

    /// Claims the name that a delivered run has for a location.
    func claim(_ run: ExportRun, at location: LocationID, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE export_run SET claimed_location = $4
            WHERE workspace_id = $1 AND export_id = $2 AND seq = $3 AND is_file_kept
            """,
            [workspace, run.export, run.seq, location]
        )
    }

    /// Step D: delivered, cut-off and head of the chain.
    func deliver(
        _ run: ExportRun,
        manifestHash: String,
        in transaction: Transaction
    ) throws
        -> Bool
    {
        let isDelivered = try transaction.guarded(
            """
            UPDATE export_run SET state = 'delivered', delivered_at = $4
            WHERE workspace_id = $1 AND export_id = $2 AND seq = $3 AND state = 'sealed'
            """,
            [workspace, run.export, run.seq, transaction.moment]
        )
        guard isDelivered else { return false }
        return try transaction.guarded(
            """
            UPDATE export SET cut_off = $4, chain_head = $5, last_seq = $3, epoch = $6,
                scanned = NULL
            WHERE workspace_id = $1 AND id = $2 AND last_seq = $3 - 1
            """,
            [
                workspace, run.export, run.seq, JSONColumn(run.plan.window.to), manifestHash,
                run.plan.epoch,
            ]
        )
    }

    /// Notes that a file has left the spool; others may have its name then.
    func forgetFile(_ run: ExportRun, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE export_run SET is_file_kept = $4, claimed_location = NULL
            WHERE workspace_id = $1 AND export_id = $2 AND seq = $3
            """,
            [workspace, run.export, run.seq, false]
        )
    }
}

extension ExportRun {
    static let columns = """
        export_id, seq, task_id, state, plan, file_name, is_put_begun, sealed, manifest,
        is_file_kept, planned_at, delivered_at, claimed_location
        """

    init(_ row: Row) throws {
        export = try row.get("export_id")
        seq = try row.get("seq")
        task = try row.get("task_id")
        state = try row.get("state")
        plan = try row.json("plan")
        fileName = try row.get("file_name")
        isPutBegun = try row.get("is_put_begun")
        claimedLocation = try row.get("claimed_location")
        sealed = try row.get("sealed", as: JSONColumn<SealedFile>?.self)?.value
        manifest = try row.get("manifest")
        isFileKept = try row.get("is_file_kept")
        plannedAt = try row.get("planned_at")
        deliveredAt = try row.get("delivered_at")
    }
}
