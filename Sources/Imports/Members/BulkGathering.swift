// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database

/// Whether a run waits for more bulks before its transaction, as a pure rule.
///
/// A caller with much to say posts one bulk after the other; merged one by one, each waits for the
/// other, and each transaction writes the same pages of the indexes anew.
struct BulkGathering {
    /// How long a run waits between two looks.
    static let pause = Span.milliseconds(50)
    /// Once nothing has come for so long, nothing more is expected.
    static let silence = Span.milliseconds(150)
    /// The first bulk waits so long at most.
    static let longest = Span.seconds(5)

    /// How many bulks wait, the run's own among them.
    let count: Int
    /// When the first of them came.
    let first: Instant
    /// When the last of them came.
    let last: Instant

    /// Whether it is worth waiting at a moment: several came, the last just now.
    func goesOn(at now: Instant) -> Bool {
        guard count > 1, count < BulkLedger.mostJoined, last > first else { return false }
        return now - last < BulkGathering.silence && now - first < BulkGathering.longest
    }
}

extension BulkLedger {
    /// The bulks of a table that wait, as many as one transaction may take; nil when none does.
    func gathering(
        of table: ProfileTableID,
        in connection: Connection
    ) throws -> BulkGathering? {
        let moments = try connection.rows(
            """
            SELECT b.created_at FROM member_bulk b
            WHERE b.workspace_id = $1 AND b.table_id = $2 AND b.status = 'waiting'
            ORDER BY b.id LIMIT \(BulkLedger.mostJoined)
            """,
            [workspace, table]
        ).map { try $0.get("created_at", as: Instant.self) }
        guard let first = moments.first, let last = moments.last else { return nil }
        return BulkGathering(count: moments.count, first: first, last: last)
    }
}
