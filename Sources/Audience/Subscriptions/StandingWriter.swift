// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// Writes standings on one list, one by one or in bulk; confirmed never goes back.
struct StandingWriter {
    /// From so many on a lookup and two bulk statements cost less than a statement each.
    static let worthwhile = 8

    private let list: MailingList
    private let collection: Collection
    private let context: Context

    init(_ list: MailingList, _ collection: Collection, _ context: Context) {
        self.list = list
        self.collection = collection
        self.context = context
    }

    /// Sets one.
    func set(_ change: (profile: ProfileID, isSubscribed: Bool), in transaction: Transaction) throws
    {
        try transaction.execute(
            """
            INSERT INTO subscription (workspace_id, list_id, profile_id, is_subscribed,
                is_confirmed, collection_source, collection_way, collection_moment, changed_at,
                created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
            ON CONFLICT (workspace_id, list_id, profile_id) DO UPDATE SET
                is_subscribed = $4, collection_source = $6, collection_way = $7,
                collection_moment = $8, changed_at = $9
            """,
            [
                context.workspace, list.id, change.profile, change.isSubscribed,
                !list.needsConfirmation, collection.source, collection.way, collection.moment,
                context.moment,
            ]
        )
    }

    /// Sets many, of one profile each.
    ///
    /// - Throws: `DatabaseError.uniqueViolation` when another transaction gives one of them its first
    ///   standing at the same time; whoever merges rows then merges them once more.
    func set(_ changes: [(ProfileID, Bool)], in transaction: Transaction) throws {
        let present = try present(changes.map(\.0), in: transaction)
        let new = changes.indices.filter { !present.contains($0) }
        try insert(new.map { changes[$0] }, in: transaction)
        try update(present.sorted().map { changes[$0] }, in: transaction)
    }

    /// The positions of the profiles that have a standing.
    private func present(
        _ profiles: [ProfileID],
        in transaction: Transaction
    ) throws -> Set<Int> {
        var lookup = Lookup(
            table: "subscription",
            key: "profile_id",
            columns: ["profile_id"],
            keys: profiles.map(\.sql),
            fixed: own,
            order: nil
        )
        lookup.keeps = .asTheyAre
        var present: Set<Int> = []
        try transaction.lookup(lookup) { position, _ in present.insert(position) }
        return present
    }

    private func insert(_ changes: [(ProfileID, Bool)], in transaction: Transaction) throws {
        guard !changes.isEmpty else { return }
        let writer = try transaction.insertion(
            into: "subscription",
            columns: ["workspace_id", "list_id", "profile_id", "is_confirmed", "created_at"]
                + StandingWriter.changing
        )
        for (profile, isSubscribed) in changes {
            for value in own { writer.value(value.value) }
            writer.integer(profile.value)
            writer.value(.boolean(!list.needsConfirmation))
            writer.value(.moment(context.moment))
            for value in values(isSubscribed) { writer.value(value) }
            try writer.endRow()
        }
        try writer.finish()
    }

    private func update(_ changes: [(ProfileID, Bool)], in transaction: Transaction) throws {
        guard !changes.isEmpty else { return }
        let writer = try transaction.update(
            of: "subscription",
            columns: StandingWriter.changing,
            key: "profile_id",
            within: own
        )
        for (profile, isSubscribed) in changes {
            for value in values(isSubscribed) { writer.value(value) }
            writer.integer(profile.value)
            try writer.endRow()
        }
        try writer.finish()
    }

    private var own: [(column: String, value: SQLValue)] {
        [("workspace_id", context.workspace.sql), ("list_id", list.id.sql)]
    }

    private func values(_ isSubscribed: Bool) -> [SQLValue] {
        [
            isSubscribed.sql, collection.source.sql, collection.way.sql, collection.moment.sql,
            .moment(context.moment),
        ]
    }

    private static let changing = [
        "is_subscribed", "collection_source", "collection_way", "collection_moment", "changed_at",
    ]
}
