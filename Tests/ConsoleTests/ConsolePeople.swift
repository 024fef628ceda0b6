// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Campaigns
import Common
import Database
import Messaging
import Millrace
import Tasks
import Testing

@testable import Console

/// People, lists, messages and campaigns of a console under test.
extension ConsoleGround {
    /// Runs every task that is due.
    func work() async throws {
        try await installation.worker.runUntilIdle()
    }

    /// Makes people `p1@example.org` and so on; every other one speaks French.
    @discardableResult
    func people(_ count: Int) async throws -> [ProfileID] {
        try await write { [workspace] transaction, context in
            let table = try ProfileTableStore(workspace.id)
                .table(named: "profiles", in: transaction)
            return try (1...count).map { number in
                try ProfileStore(table).create(
                    values: [
                        "userId": "u\(number)", "emailAddress": "p\(number)@example.org",
                        "language": number.isMultiple(of: 2) ? "fr" : "nl",
                    ],
                    by: context,
                    in: transaction
                ).profile.id
            }
        }
    }

    /// Makes a list to which people are subscribed.
    func list(_ name: String, of people: [ProfileID]) async throws -> ListID {
        try await write { [workspace] transaction, context in
            let table = try ProfileTableStore(workspace.id)
                .table(named: "profiles", in: transaction)
            let list = try ListStore(workspace.id)
                .create(name: name, table: table.id, by: context, in: transaction)
            for person in people {
                _ = try SubscriptionStore(workspace.id).set(
                    true,
                    of: person,
                    on: list,
                    Collection(),
                    table: table,
                    by: context,
                    in: transaction
                )
            }
            return list.id
        }
    }

    /// What a mail with a subject says.
    static func mail(_ subject: String) -> EmailContent {
        EmailContent(
            senderAddress: "news@example.org",
            variant: EmailVariant(subject: subject, text: "Good day.")
        )
    }

    /// Makes a message.
    func message(_ name: String) async throws -> StoredMessageID {
        try await write { [workspace] transaction, context in
            try MessageStore(workspace.id).create(
                name: name,
                .email(ConsoleGround.mail(name)),
                author: nil,
                by: context,
                in: transaction
            ).id
        }
    }

    /// Makes an active campaign, of an entity if one is given.
    func campaign(_ name: String, of entity: EntityID? = nil) async throws -> CampaignID {
        try await write { [workspace] transaction, context in
            let table = try ProfileTableStore(workspace.id)
                .table(named: "profiles", in: transaction)
            let campaigns = CampaignStore(workspace.id)
            let made = try campaigns.create(
                NewCampaign(
                    name,
                    table: table.id,
                    content: ConsoleGround.mail(name),
                    entity: entity
                ),
                by: context,
                in: transaction
            )
            try campaigns.activate(made.id, by: context, in: transaction)
            return made.id
        }
    }
}
