// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database

/// Subscribes what a search finds to a list, a range of ids at a time and in sets.
///
/// It is what `SubscriptionStore` does for one profile: the profile is stamped, the standing set, a
/// change record written; who is subscribed already is left alone.
struct ListFilling {
    private let target: SearchTarget
    private let list: MailingList
    private let context: Context

    /// Fills a list of the search's table.
    ///
    /// - Throws: ``AudienceError/noSuchList(_:)``.
    init(
        _ target: SearchTarget,
        _ list: ListID,
        _ context: Context,
        in connection: Connection
    ) throws {
        let found = try ListStore(context.workspace).list(list, in: connection)
        guard let found, found.table == target.table.id else {
            throw AudienceError.noSuchList("number \(list) of the table of the search")
        }
        self.target = target
        self.list = found
        self.context = context
    }

    /// Subscribes whom the search finds behind an id, up to another.
    ///
    /// - Returns: Whose standing changed.
    func subscribe(
        after first: ProfileID,
        to last: ProfileID,
        in transaction: Transaction
    ) throws -> [ProfileID] {
        let stamp = try transaction.stamp()
        let touched = try touch(after: first, to: last, stamp, in: transaction)
        guard touched > 0 else { return [] }
        let changed = try set(after: first, to: last, stamp, in: transaction).sorted()
        try ChangeRecords(target.table, collection, context)
            .subscription(changed.map { ($0, true) }, of: list.id, in: transaction)
        return changed
    }

    private var collection: Collection {
        Collection(way: "search \(target.id)", moment: context.moment)
    }

    /// Stamps the profiles first, as every change of a standing does: so two never wait in a circle.
    private func touch(
        after first: ProfileID,
        to last: ProfileID,
        _ stamp: Stamp,
        in transaction: Transaction
    ) throws -> Int {
        let condition = target.condition
        return try transaction.execute(
            """
            UPDATE \(target.table.physicalName) AS p
            SET updated_at = \(condition.placeholder(1)), updated_stamp = \(condition.placeholder(2))
            WHERE p.id > \(condition.placeholder(3)) AND p.id <= \(condition.placeholder(4))
                AND \(condition.sql) AND NOT EXISTS (
                    SELECT 1 FROM subscription s WHERE s.workspace_id = \(condition.placeholder(5))
                        AND s.list_id = \(condition.placeholder(6)) AND s.profile_id = p.id
                        AND s.is_subscribed)
            """,
            condition.values + [
                context.moment.sql, stamp.sql, first.sql, last.sql, context.workspace.sql,
                list.id.sql,
            ]
        )
    }

    /// Sets the standings of the profiles just stamped; confirmed never goes back.
    private func set(
        after first: ProfileID,
        to last: ProfileID,
        _ stamp: Stamp,
        in transaction: Transaction
    ) throws -> [ProfileID] {
        try transaction.rows(
            """
            INSERT INTO subscription (workspace_id, list_id, profile_id, is_subscribed,
                is_confirmed, collection_source, collection_way, collection_moment, changed_at,
                created_at)
            SELECT $1, $2, p.id, $3, $4, $5, $6, $7, $8, $8
            FROM \(target.table.physicalName) p
            WHERE p.id > $9 AND p.id <= $10 AND p.updated_stamp = $11
            ON CONFLICT (workspace_id, list_id, profile_id) DO UPDATE SET
                is_subscribed = excluded.is_subscribed,
                collection_source = excluded.collection_source,
                collection_way = excluded.collection_way,
                collection_moment = excluded.collection_moment, changed_at = excluded.changed_at
            WHERE NOT subscription.is_subscribed
            RETURNING profile_id
            """,
            [
                context.workspace, list.id, true, !list.needsConfirmation, collection.source,
                collection.way, collection.moment, context.moment, first, last, stamp,
            ]
        ).map { try $0.get(0) }
    }
}
