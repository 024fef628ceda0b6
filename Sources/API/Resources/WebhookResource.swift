// SPDX-License-Identifier: Apache-2.0
import Accounts
import Campaigns
import Common
import Database
import Messaging
import Tasks

extension Resource {
    /// `/v1/webhook`: who is told when tasks end; its secret is answered once.
    static let webhook = Resource(
        name: "webhook",
        summary: "An address that is told, signed by Standard Webhooks, when tasks end.",
        attributes: [
            .id,
            .init(
                "url",
                .text(limit: 2_000),
                "Where messages go: https, or http.",
                example: "https://example.org/hooks"
            ).filterable.requiredToPost.changeable,
            .init(
                "types",
                .several(.text(limit: 64)),
                "Only the ends of tasks of these types; of all when empty.",
                example: ["profile_import", "send"]
            ).postable.changeable,
            .init(
                "active",
                .boolean,
                "Whether it is told; a receiver that answers 410 switches it off.",
                example: true
            ).filterable.changeable,
            .init("cdate", .moment, "When it was made.", example: 1_780_000_000).sortable,
        ],
        listing: WebhookStore.listing,
        scope: .administer,
        permission: .administer,
        readPermission: .administer,
        create: { draft, change in
            try WebhookStore(change.workspace).create(
                url: draft.text("url") ?? "",
                types: try draft.structure("types", as: [String].self) ?? [],
                by: change.context,
                in: change.transaction
            ).id.value
        },
        secret: ResourceSecret(
            attribute: .init(
                "secret",
                .text(limit: 200),
                "What messages are signed with; answered once.",
                example: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
            ),
            make: makeSecret
        ),
        update: { id, draft, change in
            let store = WebhookStore(change.workspace)
            guard var webhook = try store.webhook(WebhookID(id), in: change.transaction) else {
                return
            }
            if let url = draft.text("url") { webhook.url = url }
            if let isActive = draft.boolean("active") { webhook.isActive = isActive }
            if let types = try draft.structure("types", as: [String].self) { webhook.types = types }
            try store.update(webhook, in: change.transaction)
        },
        delete: { id, _, change in
            let store = WebhookStore(change.workspace)
            if let webhook = try store.webhook(WebhookID(id), in: change.transaction) {
                try change.services.secrets(change.workspace)
                    .remove(webhook.secretName, by: change.context, in: change.transaction)
            }
            try store.delete(WebhookID(id), in: change.transaction)
            return [:]
        },
        actions: [deliveries, testWebhook]
    )

    private static let makeSecret: @Sendable (Int64, Change) throws -> String = { id, change in
        let secret = WebhookSecret(randomness: SystemRandomness())
        let found = try WebhookStore(change.workspace)
            .webhook(WebhookID(id), in: change.transaction)
        guard let webhook = found else { throw Problem.notFound("webhook \(id)") }
        try change.services.secrets(change.workspace).set(
            webhook.secretName,
            to: Secret(secret.reveal()),
            by: change.context,
            in: change.transaction
        )
        return secret.reveal()
    }

    private static let deliveries = ResourceAction(
        name: "deliveries",
        method: .get,
        target: .item,
        summary: "Its last messages, newest first, and what became of each.",
        attributes: [
            .init("count", .integer, "At most so many; 200 unless given.", example: 50).postable,
            .init("start", .integer, "The delivery behind which the page begins.", example: 12)
                .postable,
        ],
        answer: ["type": "array", "items": ["type": "object"]],
        run: .read { id, draft, call, connection in
            let found = try WebhookDeliveries(call.workspace).all(
                to: WebhookID(id),
                before: TaskID(draft.integer("start") ?? .max),
                limit: Int(min(200, max(1, draft.integer("count") ?? 200))),
                in: connection
            )
            return .array(found.map(\.json))
        }
    )

    private static let testWebhook = ResourceAction(
        name: "test",
        method: .post,
        target: .item,
        summary: "Send a message of the type webhook.test, as a task.",
        status: 202,
        run: .change { id, _, change in
            let task = try WebhookStore(change.workspace)
                .test(WebhookID(id), by: change.context, in: change.transaction)
            return ["id": .integer(id), "task_id": .integer(task.value)]
        }
    )
}

extension WebhookDelivery {
    fileprivate var json: JSONValue {
        func seconds(_ moment: Instant?) -> JSONValue {
            moment.map { .number(Double($0.microseconds) / 1_000_000) } ?? .null
        }
        return [
            "id": .integer(task.id.value),
            "task_id": ended.map { .integer($0.value) } ?? .null,
            "status": .string(task.status.rawValue), "attempts": .integer(Int64(task.attempts)),
            "http_status": httpStatus.map { .integer(Int64($0)) } ?? .null,
            "error": lastError.map(JSONValue.string) ?? .null, "next_try": seconds(nextTry),
            "delivered": seconds(deliveredAt), "cdate": seconds(task.createdAt),
        ]
    }
}
