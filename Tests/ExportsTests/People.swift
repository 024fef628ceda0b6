// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import TestSupport
import Testing

extension World {
    /// A table with an attribute of every type, with or without a business key.
    func table(isKeyed: Bool = true) async throws -> ProfileTable {
        let context = context
        let attributes = [
            NewAttribute("userId", .string, role: .identifier, isUnique: true),
            NewAttribute("emailAddress", .string, role: .emailAddress),
            NewAttribute("marketingConsent", .boolean, role: .marketingConsent),
            NewAttribute("points", .integer), NewAttribute("score", .number),
            NewAttribute("birth", .date, role: .birthDate), NewAttribute("visit", .moment),
            NewAttribute("tags", .string, isMultiValued: true),
        ]
        return try await database.write { transaction in
            try ProfileTableStore(context.workspace).create(
                name: isKeyed ? "people" : "strangers",
                displayName: "People",
                attributes: attributes,
                businessKey: isKeyed ? "userId" : nil,
                by: context,
                in: transaction
            )
        }
    }

    @discardableResult
    func create(_ values: [String: String], in table: ProfileTable) async throws -> ProfileID {
        let context = context
        return try await database.write { transaction in
            try ProfileStore(table).create(values: values, by: context, in: transaction).profile.id
        }
    }

    /// Fills a table with profiles of one transaction.
    func fill(_ table: ProfileTable, _ count: Int64) async throws {
        try await database.write { transaction in
            let stamp = try transaction.stamp().value
            let writer = try transaction.insertion(
                into: table.physicalName,
                columns: ["id", "created_at", "updated_at", "created_stamp", "updated_stamp"]
            )
            for id in 1...count {
                writer.integer(id)
                writer.value(.moment(transaction.moment))
                writer.value(.moment(transaction.moment))
                writer.integer(stamp)
                writer.integer(stamp)
                try writer.endRow()
            }
            try writer.finish()
        }
    }

    func update(_ id: ProfileID, _ values: [String: String], in table: ProfileTable) async throws {
        let context = context
        try await database.write { transaction in
            _ = try ProfileStore(table).update(id, values: values, by: context, in: transaction)
        }
    }

    func erase(
        _ id: ProfileID,
        from table: ProfileTable,
        source: ChangeSource = .api,
        _ collection: Collection = Collection(source: "desk", way: "letter")
    ) async throws {
        var context = context
        context.source = source
        try await database.write { [context] transaction in
            _ = try Erasure(Dossier())
                .erase(id, from: table, collection, by: context, in: transaction)
        }
    }

    func list(_ name: String, of table: ProfileTable) async throws -> MailingList {
        let context = context
        return try await database.write { transaction in
            try ListStore(context.workspace)
                .create(name: name, table: table.id, by: context, in: transaction)
        }
    }

    func subscribe(
        _ id: ProfileID,
        to list: MailingList,
        _ isSubscribed: Bool = true,
        in table: ProfileTable,
        source: ChangeSource = .form
    ) async throws {
        var context = context
        context.source = source
        try await database.write { [context] transaction in
            _ = try SubscriptionStore(context.workspace).set(
                isSubscribed,
                of: id,
                on: list,
                Collection(
                    source: "site",
                    way: "https://example.org/\"form\"",
                    moment: context.moment
                ),
                table: table,
                by: context,
                in: transaction
            )
        }
    }
}

/// A campaign row; the Campaigns room's own code is not needed to export.
struct CampaignRow {
    var id: Int64
    var kind = "scenarized"
    var channel = "email"
    var activatedAt: Instant?
    var finishedAt: Instant?
    var list: ListID?
}

/// An interaction row.
struct InteractionRow {
    var id: Int64
    var campaign: Int64
    var profile: ProfileID
    var state = "sent"
    var address: String? = "kept@example.org"
    var category: String?
    var status: String?
    var version: String?
    var at: Instant
}

extension World {
    func insert(_ campaign: CampaignRow, _ table: ProfileTable) async throws {
        let (workspace, now) = (workspace, time.now())
        try await database.write { transaction in
            try transaction.execute(
                """
                INSERT INTO campaign (workspace_id, id, table_id, display_name, technical_name,
                    channel, kind, initiation, content, list_id, rules, state, created_at,
                    created_by, activated_at, finished_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, 'api', '{}', $8, '{}', $9, $10, 'anna', $11,
                    $12)
                """,
                [
                    workspace, campaign.id, table.id, "Campaign \(campaign.id)",
                    "campaign_\(campaign.id)", campaign.channel, campaign.kind, campaign.list,
                    campaign.finishedAt == nil ? "active" : "finished", now,
                    campaign.activatedAt, campaign.finishedAt,
                ]
            )
        }
    }

    /// Inserts interactions in one transaction, so that they have one stamp.
    func insert(_ interactions: [InteractionRow], _ table: ProfileTable) async throws {
        let workspace = workspace
        try await database.write { transaction in
            let stamp = try transaction.stamp()
            for row in interactions {
                try transaction.execute(
                    """
                    INSERT INTO interaction (workspace_id, id, send_id, campaign_id, table_id,
                        profile_id, address, ab_version, state, category, status, attempts,
                        created_at, event_at, stamp)
                    VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $11, $12)
                    """,
                    [
                        workspace, row.id, row.campaign, table.id, row.profile, row.address,
                        row.version, row.state, row.category, row.status, row.at, stamp,
                    ]
                )
            }
        }
    }
}
