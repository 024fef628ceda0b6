// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// An export as it is stored in a workspace.
public struct ExportRecord: Sendable, Hashable {
    /// Its workspace.
    public let workspace: WorkspaceID
    /// Its id.
    public let id: ExportID
    /// What it exports.
    public let definition: ExportDefinition
    /// Whether it runs.
    public let state: ExportState
    /// The schedule that makes its tasks, once it was activated.
    public let schedule: ScheduleID?
    /// The cut-off of the last file that was delivered.
    public let cutOff: Tick?
    /// Where the first window begins, settled by the first execution, whatever comes of it; nil until
    /// then, and where it begins with everything.
    public internal(set) var beginning: Tick?
    /// What was read behind the cut-off without a row for a file; nil when nothing was, or when the
    /// definition has changed since.
    public internal(set) var scanned: ScannedPart?
    /// The SHA-256 of the last manifest that was delivered.
    public let chainHead: String?
    /// The number of the last file that was delivered; 0 when there is none.
    public let lastSeq: Int64
    /// The clock's epoch at that file's run, or when the export was made.
    public let epoch: Int64
    /// When it was made.
    public let createdAt: Instant
    /// Who made it.
    public let createdBy: String
}

extension ExportRecord {
    static let columns = """
        workspace_id, id, definition, state, schedule_id, cut_off, beginning, scanned,
        chain_head, last_seq, epoch, created_at, created_by
        """

    init(_ row: Row) throws {
        workspace = try row.get("workspace_id")
        id = try row.get("id")
        definition = try row.json("definition")
        state = try row.get("state")
        schedule = try row.get("schedule_id")
        cutOff = try row.get("cut_off", as: JSONColumn<Tick>?.self)?.value
        beginning = try row.get("beginning", as: JSONColumn<Tick>?.self)?.value
        scanned = try row.get("scanned", as: JSONColumn<ScannedPart>?.self)?.value
        chainHead = try row.get("chain_head")
        lastSeq = try row.get("last_seq")
        epoch = try row.get("epoch")
        createdAt = try row.get("created_at")
        createdBy = try row.get("created_by")
    }
}

extension ExportState: SQLConvertible {}
