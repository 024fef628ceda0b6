// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database

/// Writes the change records of profiles that the exports read.
struct ChangeRecords {
    private let table: ProfileTable
    private let collection: Collection
    private let context: Context

    init(_ table: ProfileTable, _ collection: Collection, _ context: Context) {
        self.table = table
        self.collection = collection
        self.context = context
    }

    /// Records new values of the marketing consent; nil when it became empty.
    func consent(_ changes: [(ProfileID, Bool?)], in transaction: Transaction) throws {
        try write(
            "consent_change",
            ["consent_value"],
            changes.map { ($0.0, [$0.1.sql]) },
            transaction
        )
    }

    /// Records subscriptions to a list and cancellations.
    func subscription(
        _ changes: [(ProfileID, Bool)],
        of list: ListID,
        in transaction: Transaction
    ) throws {
        try write(
            "subscription_change",
            ["list_id", "is_subscribed"],
            changes.map { ($0.0, [list.sql, $0.1.sql]) },
            transaction
        )
    }

    /// Records the deletion of a profile.
    func deletion(
        of profile: ProfileID,
        businessKey: String?,
        in transaction: Transaction
    ) throws {
        try write(
            "profile_deletion",
            ["business_key"],
            [(profile, [businessKey.sql])],
            transaction
        )
    }

    private func write(
        _ relation: String,
        _ columns: [String],
        _ changes: [(ProfileID, [SQLValue])],
        _ transaction: Transaction
    ) throws {
        guard !changes.isEmpty else { return }
        let first = try transaction.allocate(changes.count, .change, in: context.workspace)
        let stamp = try transaction.stamp()
        let writer = try transaction.insertion(
            into: relation,
            columns: ChangeRecords.columns + columns
        )
        for (offset, change) in changes.enumerated() {
            writer.integer(context.workspace.value)
            writer.integer(first + Int64(offset))
            writer.integer(table.id.value)
            writer.integer(change.0.value)
            writer.value(collection.source.sql)
            writer.value(collection.way.sql)
            writer.value(collection.moment.sql)
            writer.value(.moment(context.moment))
            writer.value(context.source.sql)
            writer.integer(stamp.value)
            for value in change.1 { writer.value(value) }
            try writer.endRow()
        }
        try writer.finish()
    }

    private static let columns = [
        "workspace_id", "id", "table_id", "profile_id", "collection_source", "collection_way",
        "collection_moment", "event_at", "change_source", "stamp",
    ]
}
