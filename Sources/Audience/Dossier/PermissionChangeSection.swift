// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// The changes of a person's subscriptions and marketing consent.
///
/// An erasure leaves the records, for an export whose window has not passed them would have a gap
/// (promise 2); they lose the collection trio, which may describe the person, and keep ids, event
/// time, change source and stamp.
struct PermissionChangeSection: DossierSection {
    let title = "Changes of permissions"
    let relations = ["subscription_change", "consent_change", "profile_deletion"]

    func entries(for person: DossierPerson, in connection: Connection) throws -> [DossierEntry] {
        let entries =
            try subscriptionChanges(of: person, connection)
            + consentChanges(of: person, connection)
        return entries.sorted { ($0.moment ?? .distantPast) < ($1.moment ?? .distantPast) }
    }

    func erase(
        _ person: DossierPerson,
        by context: Context,
        in transaction: Transaction
    ) throws -> [String] {
        for relation in ["subscription_change", "consent_change"] {
            try transaction.execute(
                """
                UPDATE \(relation) SET collection_source = NULL, collection_way = NULL,
                    collection_moment = NULL
                WHERE workspace_id = $1 AND profile_id = $2
                """,
                [context.workspace, person.profile]
            )
        }
        return []
    }

    private func subscriptionChanges(
        of person: DossierPerson,
        _ connection: Connection
    ) throws -> [DossierEntry] {
        // Also of lists that are deleted.
        try connection.rows(
            """
            SELECT l.name, c.is_subscribed, c.collection_source, c.collection_way,
                c.collection_moment, c.event_at, c.change_source
            FROM subscription_change c
            LEFT JOIN list l ON l.workspace_id = c.workspace_id AND l.id = c.list_id
            WHERE c.workspace_id = $1 AND c.profile_id = $2 ORDER BY c.id
            """,
            [person.table.workspace, person.profile]
        ).map { row in
            let isSubscribed: Bool = try row.get("is_subscribed")
            return try entry(
                isSubscribed ? "SUBSCRIBE" : "UNSUBSCRIBE",
                .init("list", try row.get("name")),
                row
            )
        }
    }

    private func consentChanges(
        of person: DossierPerson,
        _ connection: Connection
    ) throws -> [DossierEntry] {
        try connection.rows(
            """
            SELECT consent_value, collection_source, collection_way, collection_moment, event_at,
                change_source
            FROM consent_change WHERE workspace_id = $1 AND profile_id = $2 ORDER BY id
            """,
            [person.table.workspace, person.profile]
        ).map { row in
            let value: Bool? = try row.get("consent_value")
            return try entry("consent", .init("value", value.map { "\($0)" }), row)
        }
    }

    private func entry(
        _ kind: String,
        _ field: DossierEntry.Field,
        _ row: Row
    ) throws
        -> DossierEntry
    {
        let source: ChangeSource = try row.get("change_source")
        return DossierEntry(
            kind,
            at: try row.get("event_at"),
            [field] + DossierEntry.fields(of: try Collection(row))
                + [.init("changeSource", source.rawValue)]
        )
    }
}

extension Collection {
    /// Reads the trio's three columns.
    init(_ row: Row) throws {
        self.init(
            source: try row.get("collection_source"),
            way: try row.get("collection_way"),
            moment: try row.get("collection_moment")
        )
    }
}

extension Instant {
    static let distantPast = Instant(microseconds: .min)
}
