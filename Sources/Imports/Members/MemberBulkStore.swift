// SPDX-License-Identifier: Apache-2.0
import Audience
public import Common
import Crypto
public import Database
import Tasks

/// The bulks of members of one workspace.
public struct MemberBulkStore: Sendable {
    /// How long payload, errors and idempotency keys are kept (spec/imports.md).
    public static let keeping = Span.hours(24)

    let workspace: WorkspaceID
    private let randomness: any Randomness

    /// The bulks of a workspace.
    ///
    /// - Parameters:
    ///   - workspace: The workspace.
    ///   - randomness: Where ids of imports come from that the caller does not name.
    public init(_ workspace: WorkspaceID, randomness: any Randomness = SystemRandomness()) {
        self.workspace = workspace
        self.randomness = randomness
    }

    /// Keeps a request as a bulk and enqueues its task.
    ///
    /// A key that came within the last 24 hours answers with its bulk and makes none. The call is
    /// safe in any isolation; ``Isolation/guarded`` does without repetition.
    ///
    /// - Returns: The bulk, without contents.
    /// - Throws: ``ImportError/badField(_:rule:)`` for an unknown profile table,
    ///   ``ImportError/keyTaken(_:)`` when the key came with another request.
    public func create(
        _ request: MemberBulkRequest,
        idempotencyKey: String? = nil,
        by context: Context,
        in transaction: Transaction
    ) throws -> MemberBulk {
        let digest = idempotencyKey.map { _ in request.digest }
        if let idempotencyKey {
            if let first = try repeated(idempotencyKey, digest, context, transaction) {
                return first
            }
        }
        let table = try tableID(request.profileTable, transaction)
        let id: MemberBulkID = try transaction.nextID(.memberBulk, in: workspace)
        let importID = request.importID ?? newImportID()
        let new = try NewTask(
            MemberBulkJob.taskType,
            info: MemberBulkStore.info(request, importID),
            parameters: MemberBulkJob.Parameters(bulk: id),
            lane: MemberBulkStore.lane(of: table)
        )
        let task = try TaskStore(workspace).enqueue(new, by: context, in: transaction)
        guard let task else { throw ImportError.bulkFailed("the task could not be enqueued") }
        try transaction.execute(
            """
            INSERT INTO member_bulk (workspace_id, id, task_id, table_id, import_id,
                request_number, operation, identifier_type, several_values, is_dry_run, is_alone,
                status, retries, member_count, created_count, updated_count, unchanged_count,
                error_count, warning_count, idempotency_key, request_digest, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'waiting', 0, $12, 0, 0, 0, 0, 0,
                $13, $14, $15)
            """,
            [
                workspace, id, task, table, importID, request.requestNumber, request.operation,
                request.identifierType, request.severalValues.rawValue, request.isDryRun,
                request.isDryRun, request.memberCount, idempotencyKey, digest, context.moment,
            ]
        )
        try transaction.execute(
            "INSERT INTO member_bulk_payload (workspace_id, bulk_id, members) VALUES ($1, $2, $3)",
            [workspace, id, request.packed]
        )
        return MemberBulk(id, task, table, importID, request, at: context.moment)
    }

    /// The bulks of an import in the order of their ids, without contents, after an id or from the
    /// first; none for an unknown import.
    public func bulks(
        ofImport importID: String,
        after last: MemberBulkID? = nil,
        limit: Int = 200,
        in connection: Connection
    ) throws -> [MemberBulk] {
        try connection.rows(
            """
            SELECT \(MemberBulk.columns) FROM member_bulk b
            LEFT JOIN task t ON t.workspace_id = b.workspace_id AND t.id = b.task_id
            WHERE b.workspace_id = $1 AND b.import_id = $2 AND b.id > $3
            ORDER BY b.id LIMIT $4
            """,
            [workspace, importID, last ?? MemberBulkID(0), limit]
        ).map(MemberBulk.init)
    }

    /// One bulk with its contents, which are gone 24 hours after the request whether or not the
    /// erasure has run.
    ///
    /// - Parameters:
    ///   - id: The bulk.
    ///   - importID: The import that it must belong to; any when nil.
    ///   - now: The present moment.
    ///   - connection: Where to read.
    /// - Returns: The bulk.
    /// - Throws: ``ImportError/noSuchBulk(_:)``.
    public func bulk(
        _ id: MemberBulkID,
        ofImport importID: String? = nil,
        at now: Instant,
        in connection: Connection
    ) throws -> MemberBulk {
        let row = try connection.row(
            """
            SELECT \(MemberBulk.columns), b.errors, p.members FROM member_bulk b
            LEFT JOIN task t ON t.workspace_id = b.workspace_id AND t.id = b.task_id
            LEFT JOIN member_bulk_payload p ON p.workspace_id = b.workspace_id AND p.bulk_id = b.id
            WHERE b.workspace_id = $1 AND b.id = $2
            """,
            [workspace, id]
        )
        guard let row else { throw ImportError.noSuchBulk(id) }
        var bulk = try MemberBulk(row)
        guard importID == nil || importID == bulk.importID else {
            throw ImportError.noSuchBulk(id)
        }
        if now < bulk.createdAt + Self.keeping, let payload = try BulkPayload.members(in: row) {
            bulk.contents = .init(payload: payload, errors: try row.get("errors"))
        }
        return bulk
    }

    /// Removes the bulk of a task whose record has expired.
    public func delete(ofTask task: TaskID, in transaction: Transaction) throws {
        try transaction.execute(
            """
            DELETE FROM member_bulk_payload WHERE workspace_id = $1 AND bulk_id IN (
                SELECT id FROM member_bulk WHERE workspace_id = $1 AND task_id = $2)
            """,
            [workspace, task]
        )
        try transaction.execute(
            "DELETE FROM member_bulk WHERE workspace_id = $1 AND task_id = $2",
            [workspace, task]
        )
    }

    /// Bulks of one table run one after the other, on whatever node.
    static func lane(of table: ProfileTableID) -> String { "members:\(table)" }

    private static func info(_ request: MemberBulkRequest, _ importID: String) -> String {
        let number = request.requestNumber.map { ", request \($0)" } ?? ""
        return importID + number + (request.isDryRun ? " (dry run)" : "")
    }

    /// The bulk of a key that came before; a key that is older than a day is free again.
    private func repeated(
        _ key: String,
        _ digest: String?,
        _ context: Context,
        _ transaction: Transaction
    ) throws -> MemberBulk? {
        try transaction.lock("member bulk key \(workspace) \(key)")
        let row = try transaction.row(
            """
            SELECT \(MemberBulk.columns), b.request_digest FROM member_bulk b
            LEFT JOIN task t ON t.workspace_id = b.workspace_id AND t.id = b.task_id
            WHERE b.workspace_id = $1 AND b.idempotency_key = $2
            """,
            [workspace, key]
        )
        guard let row else { return nil }
        let bulk = try MemberBulk(row)
        guard context.moment < bulk.createdAt + Self.keeping else {
            try transaction.execute(
                """
                UPDATE member_bulk SET idempotency_key = NULL, request_digest = NULL
                WHERE workspace_id = $1 AND id = $2
                """,
                [workspace, bulk.id]
            )
            return nil
        }
        guard try row.get("request_digest") == digest else { throw ImportError.keyTaken(key) }
        return bulk
    }

    private func tableID(_ name: String, _ connection: Connection) throws -> ProfileTableID {
        do {
            return try ProfileTableStore(workspace).table(named: name, in: connection).id
        } catch AudienceError.noSuchTable {
            throw ImportError.badField("profile_table", rule: "a profile table that exists")
        }
    }

    /// A random UUID (RFC 9562, section 5.4).
    private func newImportID() -> String {
        let high = randomness.next() & ~0xF000 | 0x4000
        let low = randomness.next() & ~(0xC0 << 56) | 0x80 << 56
        let digits = [high, low].map { half in
            let text = String(half, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
        var uuid = ""
        for (offset, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(offset) { uuid.append("-") }
            uuid.append(digit)
        }
        return uuid
    }
}

extension MemberBulkRequest {
    /// SHA-256 of all that is kept of the request, in hexadecimal digits.
    fileprivate var digest: String {
        let words = [
            importID ?? "", requestNumber.map { "\($0)" } ?? "", operation.rawValue,
            identifierType.rawValue, severalValues.rawValue, "\(isDryRun)", profileTable,
        ].joined(separator: "\0")
        var hash = SHA256()
        hash.update(data: Array(words.utf8))
        hash.update(data: members)
        return hash.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
