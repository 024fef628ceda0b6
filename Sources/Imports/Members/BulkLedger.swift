// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Tasks

/// What the job reads and writes of bulks.
struct BulkLedger {
    /// The most bulks that a run takes along: some 250,000 members a transaction.
    static let mostJoined = 250
    /// How many it takes along even if others wait to write: they wait for a tenth of a second.
    static let fewestJoined = 3
    /// How many it applies at once while nobody waits: whoever comes meanwhile waits for two tenths
    /// of a second.
    static let mostAtOnce = 8

    let workspace: WorkspaceID

    init(_ workspace: WorkspaceID) { self.workspace = workspace }

    /// A bulk as it is to be run.
    struct Work {
        var bulk: MemberBulk
        /// What its record says, whatever its task does.
        var stored: BulkStatus
        var isAlone: Bool
        /// Who sent it.
        var actor: String
        /// The members; nil when they were erased.
        var payload: [UInt8]?

        /// The context of its changes.
        func context(_ context: Context) -> Context {
            var own = context
            own.actor = actor
            own.source = .api
            return own
        }
    }

    /// A bulk with its payload.
    func bulk(_ id: MemberBulkID, in connection: Connection) throws -> Work {
        let row = try connection.row(
            """
            SELECT \(MemberBulk.columns), b.is_alone, t.started_by, p.members
            FROM member_bulk b
            LEFT JOIN task t ON t.workspace_id = b.workspace_id AND t.id = b.task_id
            LEFT JOIN member_bulk_payload p ON p.workspace_id = b.workspace_id AND p.bulk_id = b.id
            WHERE b.workspace_id = $1 AND b.id = $2
            """,
            [workspace, id]
        )
        guard let row else { throw ImportError.noSuchBulk(id) }
        return Work(
            bulk: try MemberBulk(row),
            stored: try row.get("status"),
            isAlone: try row.get("is_alone"),
            actor: try row.get("started_by", as: String?.self) ?? "",
            payload: try BulkPayload.members(in: row)
        )
    }

    /// The bulks of the same table that wait behind one, in the order in which they came; their
    /// tasks' rows are held until the transaction ends.
    ///
    /// Those that failed before, or were in a transaction that did, run alone.
    func waiting(
        behind own: Work,
        now: Instant,
        in transaction: Transaction
    ) throws -> [MemberBulkID] {
        try transaction.rows(
            """
            SELECT b.id FROM member_bulk b
            JOIN task t ON t.workspace_id = b.workspace_id AND t.id = b.task_id
            WHERE b.workspace_id = $1 AND b.table_id = $2 AND b.status = 'waiting'
                AND NOT b.is_alone AND b.id <> $3 AND b.created_at > $4
                AND t.status = 'new' AND t.hold_reason IS NULL AND t.run_at <= $5
                AND t.stop_requested_by IS NULL
            ORDER BY b.id LIMIT \(BulkLedger.mostJoined) \(transaction.skippingLocked)
            """,
            [
                workspace, own.bulk.table, own.bulk.id, now - MemberBulkStore.keeping, now,
            ]
        ).map { try $0.get("id") }
    }

    /// Records what became of a bulk.
    func finish(
        _ id: MemberBulkID,
        _ outcome: BulkApplication.Outcome,
        in transaction: Transaction
    ) throws {
        let counts = outcome.breakdown
        let isOpen = try transaction.guarded(
            """
            UPDATE member_bulk SET status = 'finished', created_count = $3, updated_count = $4,
                unchanged_count = $5, error_count = $6, warning_count = $7, errors = $8,
                failure = NULL, finished_at = $9
            WHERE workspace_id = $1 AND id = $2 AND status <> 'finished' AND erased_at IS NULL
            """,
            [
                workspace, id, counts.created, counts.updated, counts.unchanged,
                counts.validationErrors, counts.warnings, try outcome.problems.json(),
                transaction.moment,
            ]
        )
        guard isOpen else { throw ImportError.noSuchBulk(id) }
    }

    /// Counts a failure; after the last, the bulk has failed.
    func count(
        failure words: String,
        of id: MemberBulkID,
        isLast: Bool,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE member_bulk SET retries = retries + 1, status = $3, failure = $4,
                finished_at = $5
            WHERE workspace_id = $1 AND id = $2 AND status <> 'finished'
            """,
            [
                workspace, id, isLast ? BulkStatus.failed : .waitingForRetry, words,
                isLast ? transaction.moment : nil as Instant?,
            ]
        )
    }

    /// Ends a bulk that does not run any more.
    func fail(_ id: MemberBulkID, _ words: String, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE member_bulk SET status = 'failed', failure = $3, finished_at = $4
            WHERE workspace_id = $1 AND id = $2 AND status <> 'finished'
            """,
            [workspace, id, words, transaction.moment]
        )
    }

    /// Lets bulks run alone from now on.
    func separate(_ ids: [MemberBulkID], in transaction: Transaction) throws {
        for id in ids {
            try transaction.execute(
                """
                UPDATE member_bulk SET is_alone = $3
                WHERE workspace_id = $1 AND id = $2 AND status = 'waiting'
                """,
                [workspace, id, true]
            )
        }
    }
}

/// The table and lists that bulks are read by, looked up once a transaction.
final class BulkTables {
    private let job: MemberBulkJob
    private var tables: [ProfileTableID: (ProfileTable, [MailingList])] = [:]
    private var countryCode: String??

    init(_ job: MemberBulkJob) { self.job = job }

    func reader(
        for bulk: MemberBulk,
        _ workspace: WorkspaceID,
        in connection: Connection
    ) throws -> MemberReader {
        let (table, lists) = try find(bulk.table, workspace, connection)
        let code = try countryCode ?? job.countryCode(workspace, connection)
        countryCode = .some(code)
        return MemberReader(table, lists, bulk, countryCode: code)
    }

    private func find(
        _ id: ProfileTableID,
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws -> (ProfileTable, [MailingList]) {
        if let known = tables[id] { return known }
        let found = (
            try ProfileTableStore(workspace).table(id, in: connection),
            try ListStore(workspace).all(of: id, in: connection)
        )
        tables[id] = found
        return found
    }
}
