// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database

/// Whether a run waits for more bulks before its transaction, as a pure rule.
///
/// A caller with much to say posts one bulk after the other. Merged while they come, each waits for the
/// other: a transaction ends early for whoever waits to write, and each writes the same pages of the
/// indexes anew. Nothing promises how soon a bulk is picked (spec/imports.md).
struct BulkGathering {
    /// How long a run waits between two looks.
    static let pause = Span.milliseconds(50)
    /// Once nothing has come for so long, nothing more is expected.
    static let silence = Span.milliseconds(150)
    /// The first bulk waits so long at most.
    static let longest = Span.seconds(10)

    /// When the first of those that wait came.
    let first: Instant
    /// When the last of them came.
    let last: Instant

    /// Whether it is worth waiting at a moment: several came, the last just now.
    func goesOn(at now: Instant) -> Bool {
        // The clock of another node may be ahead.
        last > first && last <= now && now - last < BulkGathering.silence
            && now - first < BulkGathering.longest
    }
}

extension BulkLedger {
    /// The bulks that wait with a bulk; nil when it runs alone, or has run.
    func gathering(
        with id: MemberBulkID,
        in connection: Connection
    ) throws -> BulkGathering? {
        let table: ProfileTableID? = try connection.value(
            """
            SELECT table_id FROM member_bulk
            WHERE workspace_id = $1 AND id = $2 AND status = 'waiting' AND NOT is_alone
            """,
            [workspace, id]
        )
        guard let table, let first = try moment("ASC", table, connection),
            let last = try moment("DESC", table, connection)
        else { return nil }
        return BulkGathering(first: first, last: last)
    }

    /// When the first or the last of those that wait came.
    private func moment(
        _ order: String,
        _ table: ProfileTableID,
        _ connection: Connection
    ) throws -> Instant? {
        try connection.value(
            """
            SELECT b.created_at FROM member_bulk b
            WHERE b.workspace_id = $1 AND b.table_id = $2 AND b.status = 'waiting'
            ORDER BY b.id \(order) LIMIT 1
            """,
            [workspace, table]
        )
    }
}
