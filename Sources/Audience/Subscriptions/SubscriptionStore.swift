// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// One profile's standing on one list.
public struct Subscription: Sendable, Hashable {
    /// The list.
    public var list: ListID
    /// The profile.
    public var profile: ProfileID
    /// Whether the profile is subscribed.
    public var isSubscribed: Bool
    /// Whether it was confirmed; only then may the profile be contacted.
    public var isConfirmed: Bool
    /// How it was collected.
    public var collection: Collection
    /// When it was last changed.
    public var changedAt: Instant
}

/// The subscriptions of one workspace.
public struct SubscriptionStore: Sendable {
    let workspace: WorkspaceID

    /// The subscriptions of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// The standings as they can be listed; their id is made of list and profile.
    public static let listing = Listing(
        from: "subscription s",
        scope: "s.workspace_id",
        key: .pair("s.list_id", "s.profile_id"),
        columns: [
            ListingColumn(
                "id",
                ListingKey.pair("s.list_id", "s.profile_id").sql,
                .integer
            ),
            ListingColumn("list_id", "s.list_id", .integer),
            ListingColumn("subscriber_id", "s.profile_id", .integer),
            ListingColumn("confirmed", "s.is_confirmed", .boolean),
            ListingColumn("subscribed", "s.is_subscribed", .boolean),
            ListingColumn("source", "s.collection_source", .text).orNull,
            ListingColumn("way", "s.collection_way", .text).orNull,
            ListingColumn("moment", "s.collection_moment", .moment).orNull,
            ListingColumn("cdate", "coalesce(s.created_at, s.changed_at)", .moment),
            ListingColumn("mdate", "s.changed_at", .moment),
        ]
    )

    /// How many are subscribed to a list; reads them all, by its index.
    public func count(on list: ListID, in connection: Connection) throws -> Int {
        let count: Int? = try connection.value(
            """
            SELECT count(*) FROM subscription
            WHERE workspace_id = $1 AND list_id = $2 AND is_subscribed
            """,
            [workspace, list]
        )
        return count ?? 0
    }

    /// All standings of a profile.
    public func all(of profile: ProfileID, in connection: Connection) throws -> [Subscription] {
        try connection.rows(
            """
            SELECT list_id, profile_id, is_subscribed, is_confirmed, collection_source,
                collection_way, collection_moment, changed_at
            FROM subscription WHERE workspace_id = $1 AND profile_id = $2 ORDER BY list_id
            """,
            [workspace, profile]
        ).map(Subscription.init)
    }

    /// Sets a profile's standing on a list; does nothing when it stands so already.
    ///
    /// - Returns: Whether anything changed.
    @discardableResult
    public func set(
        _ isSubscribed: Bool,
        of profile: ProfileID,
        on list: MailingList,
        _ collection: Collection,
        table: ProfileTable,
        by context: Context,
        in transaction: Transaction
    ) throws -> Bool {
        let present: Bool? = try transaction.value(
            """
            SELECT is_subscribed FROM subscription
            WHERE workspace_id = $1 AND list_id = $2 AND profile_id = $3
            """,
            [workspace, list.id, profile]
        )
        guard (present ?? false) != isSubscribed else { return false }
        try touch(profile, of: table, by: context, in: transaction)
        try write(
            [(profile, isSubscribed)],
            on: list,
            collection,
            table: table,
            by: context,
            in: transaction
        )
        return true
    }

    /// Confirms a profile's subscription to a list, which never goes back.
    ///
    /// It is no `SUBSCRIBE` and leaves no change record, but touches the profile.
    ///
    /// - Returns: Whether there was one that was not confirmed.
    /// - Throws: ``AudienceError/noSuchProfile(_:)``.
    @discardableResult
    public func confirm(
        _ profile: ProfileID,
        on list: MailingList,
        table: ProfileTable,
        by context: Context,
        in transaction: Transaction
    ) throws -> Bool {
        let isNew = try transaction.guarded(
            """
            UPDATE subscription SET is_confirmed = $4, changed_at = $5
            WHERE workspace_id = $1 AND list_id = $2 AND profile_id = $3 AND NOT is_confirmed
            """,
            [workspace, list.id, profile, true, context.moment]
        )
        if isNew { try touch(profile, of: table, by: context, in: transaction) }
        return isNew
    }

    /// Stamps the profile; one that is gone gets no standing: a link in an old mail still works.
    private func touch(
        _ profile: ProfileID,
        of table: ProfileTable,
        by context: Context,
        in transaction: Transaction
    ) throws {
        let exists = try transaction.guarded(
            """
            UPDATE \(table.physicalName) SET updated_at = $2, updated_stamp = $3 WHERE id = $1
            """,
            [profile, context.moment, try transaction.stamp()]
        )
        guard exists else { throw AudienceError.noSuchProfile("\(profile)") }
    }

    /// Writes changed standings with their change records; the profiles are touched elsewhere.
    func write(
        _ changes: [(ProfileID, Bool)],
        on list: MailingList,
        _ collection: Collection,
        table: ProfileTable,
        by context: Context,
        in transaction: Transaction
    ) throws {
        let writer = StandingWriter(list, collection, context)
        if changes.count < StandingWriter.worthwhile {
            for change in changes { try writer.set(change, in: transaction) }
        } else {
            try writer.set(changes, in: transaction)
        }
        try ChangeRecords(table, collection, context)
            .subscription(changes, of: list.id, in: transaction)
    }

    /// Notes that a profile that never was on a list is not subscribed; that is no change.
    public func note(
        _ profile: ProfileID,
        on list: MailingList,
        _ collection: Collection,
        by context: Context,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO subscription (workspace_id, list_id, profile_id, is_subscribed,
                is_confirmed, collection_source, collection_way, collection_moment, changed_at,
                created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
            """,
            [
                workspace, list.id, profile, false, !list.needsConfirmation, collection.source,
                collection.way, collection.moment, context.moment,
            ]
        )
    }

    /// Forgets a profile's standing on a list; whoever was subscribed is to be unsubscribed before.
    public func remove(
        _ profile: ProfileID,
        from list: ListID,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            DELETE FROM subscription
            WHERE workspace_id = $1 AND list_id = $2 AND profile_id = $3
            """,
            [workspace, list, profile]
        )
    }

    func delete(of profile: ProfileID, in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM subscription WHERE workspace_id = $1 AND profile_id = $2",
            [workspace, profile]
        )
    }
}

extension Subscription {
    init(_ row: Row) throws {
        self.init(
            list: try row.get("list_id"),
            profile: try row.get("profile_id"),
            isSubscribed: try row.get("is_subscribed"),
            isConfirmed: try row.get("is_confirmed"),
            collection: Collection(
                source: try row.get("collection_source"),
                way: try row.get("collection_way"),
                moment: try row.get("collection_moment")
            ),
            changedAt: try row.get("changed_at")
        )
    }
}
