// SPDX-License-Identifier: Apache-2.0
import Audience
public import Common
public import Database
public import Files
import Tasks

/// The exports of one workspace.
public struct ExportStore: Sendable {
    let workspace: WorkspaceID
    let locations: LocationStore

    /// The exports of a workspace; the locations are those that files can go to.
    public init(_ workspace: WorkspaceID, locations: LocationStore) {
        self.workspace = workspace
        self.locations = locations
    }

    /// The exports as they can be listed.
    public static let listing = Listing(
        from: "export e",
        scope: "e.workspace_id",
        key: "e.id",
        columns: [
            ListingColumn("id", "e.id", .integer),
            ListingColumn("folded_name", "e.folded_name", .text),
            ListingColumn("definition", "e.definition", .json),
            ListingColumn("entity", "e.entity_id", .integer).orNull,
            ListingColumn("state", "e.state", .text),
            ListingColumn("last_seq", "e.last_seq", .integer),
            ListingColumn("cdate", "e.created_at", .moment),
        ]
    )

    /// The runs of exports as they can be listed; their id is made of export and number.
    public static let runListing = Listing(
        from: "export_run r",
        scope: "r.workspace_id",
        key: .pair("r.export_id", "r.seq"),
        columns: [
            ListingColumn("id", ListingKey.pair("r.export_id", "r.seq").sql, .integer),
            ListingColumn("export_id", "r.export_id", .integer),
            ListingColumn("seq", "r.seq", .integer),
            ListingColumn("task_id", "r.task_id", .integer),
            ListingColumn("state", "r.state", .text),
            ListingColumn("file_name", "r.file_name", .text),
            ListingColumn("kept", "r.is_file_kept", .boolean),
            ListingColumn("planned", "r.planned_at", .moment),
            ListingColumn("delivered", "r.delivered_at", .moment).orNull,
            ListingColumn("entity", "(\(runEntity))", .integer).orNull,
        ]
    )

    /// The entity of a run's export.
    private static let runEntity = """
        SELECT e.entity_id FROM export e WHERE e.workspace_id = r.workspace_id AND e.id = r.export_id
        """

    /// One run of an export.
    ///
    /// - Throws: ``ExportsError/noSuchRun(_:seq:)``.
    public func run(
        _ seq: Int64,
        of id: ExportID,
        in connection: Connection
    ) throws -> ExportRun {
        try RunStore(workspace).run(seq, of: id, in: connection)
    }

    /// Makes an export in the state draft.
    ///
    /// - Throws: ``ExportsError``, or what tells that table or location do not exist.
    @discardableResult
    public func create(
        _ definition: ExportDefinition,
        by context: Context,
        in transaction: Transaction
    ) throws -> ExportRecord {
        let checked = try check(definition, at: context.moment, in: transaction)
        try checkFree(checked.name, besides: nil, in: transaction)
        let id: ExportID = try transaction.nextID(.export, in: workspace)
        try transaction.execute(
            """
            INSERT INTO export (workspace_id, id, folded_name, definition, entity_id, state,
                last_seq, epoch, created_at, created_by)
            VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9)
            """,
            [
                workspace, id, checked.name.lowercased(), JSONColumn(checked), checked.entity,
                ExportState.draft, try ChangeClock.standing(in: transaction).epoch,
                context.moment, context.actor,
            ]
        )
        return try export(id, in: transaction)
    }

    /// Changes an export; its type and table are fixed once it has delivered a file.
    ///
    /// One that was to run once, and has, is a draft again when it is given another moment.
    ///
    /// - Throws: As ``create(_:by:in:)``, and ``ExportsError/fixedOnceRun(_:)``.
    @discardableResult
    public func update(
        _ id: ExportID,
        _ definition: ExportDefinition,
        by context: Context,
        in transaction: Transaction
    ) throws -> ExportRecord {
        let present = try export(id, in: transaction)
        let checked = try check(definition, at: context.moment, in: transaction)
        try checkFree(checked.name, besides: id, in: transaction)
        let isSame =
            present.definition.pair == checked.pair
            && present.definition.table == checked.table
            && present.definition.customTable == checked.customTable
        guard present.lastSeq == 0 || isSame else {
            throw ExportsError.fixedOnceRun("the type and the table of an export")
        }
        try transaction.execute(
            """
            UPDATE export SET folded_name = $3, definition = $4, entity_id = $5,
                beginning = CASE WHEN $6 THEN beginning END,
                scanned = CASE WHEN $7 THEN scanned END
            WHERE workspace_id = $1 AND id = $2
            """,
            [
                workspace, id, checked.name.lowercased(), JSONColumn(checked), checked.entity,
                present.definition.firstRun == checked.firstRun, present.definition == checked,
            ]
        )
        try retime(present, as: checked, by: context, in: transaction)
        return try export(id, in: transaction)
    }

    /// Settles where the first window begins, unless that is settled.
    func settle(_ beginning: Tick, of id: ExportID, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE export SET beginning = $3
            WHERE workspace_id = $1 AND id = $2 AND cut_off IS NULL AND beginning IS NULL
            """,
            [workspace, id, JSONColumn(beginning)]
        )
    }

    /// Notes that a window had nothing for a file: the next run need not read it again, unless the
    /// export was changed or removed meanwhile.
    func note(
        _ scanned: ScannedPart,
        of export: ExportRecord,
        in transaction: Transaction
    ) throws {
        let present = try all(in: transaction).first { $0.id == export.id }
        guard present?.definition == export.definition else { return }
        try transaction.execute(
            "UPDATE export SET scanned = $3 WHERE workspace_id = $1 AND id = $2",
            [workspace, export.id, JSONColumn(scanned)]
        )
    }

    /// Removes an export; files that were delivered stay where they are, and its runs in the history.
    ///
    /// What is left in the spool goes with ``ExportRetention``.
    public func delete(_ id: ExportID, by context: Context, in transaction: Transaction) throws {
        let present = try export(id, in: transaction)
        try ExportTiming(present).end(by: context, in: transaction)
        try transaction.execute(
            "DELETE FROM export WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        )
    }

    /// An export by its id.
    ///
    /// - Throws: ``ExportsError/noSuchExport(_:)``.
    public func export(_ id: ExportID, in connection: Connection) throws -> ExportRecord {
        let row = try connection.row(
            "SELECT \(ExportRecord.columns) FROM export WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        )
        guard let row else { throw ExportsError.noSuchExport(id) }
        return try ExportRecord(row)
    }

    /// All exports, by name.
    public func all(in connection: Connection) throws -> [ExportRecord] {
        try connection.rows(
            """
            SELECT \(ExportRecord.columns) FROM export WHERE workspace_id = $1
            ORDER BY folded_name
            """,
            [workspace]
        ).map(ExportRecord.init)
    }

    /// The runs of an export, latest first.
    public func runs(
        of id: ExportID,
        limit: Int = 50,
        in connection: Connection
    ) throws
        -> [ExportRun]
    {
        try RunStore(workspace).all(of: id, limit: limit, in: connection)
    }

    /// Checks a definition against the workspace and fixes its columns.
    func check(
        _ definition: ExportDefinition,
        at moment: Instant,
        in connection: Connection
    ) throws
        -> ExportDefinition
    {
        _ = try locations.find(definition.transfer.location, workspace, in: connection)
        let tables = try ExportTables.read(definition, workspace, in: connection)
        let checked = try DefinitionRules(definition: definition, tables: tables).checked()
        _ = try ExportSelection(tables).condition(checked.search, at: moment, in: connection)
        return checked
    }

    private func checkFree(
        _ name: String,
        besides own: ExportID?,
        in connection: Connection
    ) throws {
        let holder: ExportID? = try connection.value(
            "SELECT id FROM export WHERE workspace_id = $1 AND folded_name = $2",
            [workspace, name.lowercased()]
        )
        guard holder == nil || holder == own else { throw ExportsError.nameTaken(name) }
    }
}
