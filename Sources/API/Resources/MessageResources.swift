// SPDX-License-Identifier: Apache-2.0
import Accounts
import Campaigns
import Common
import Database
import Messaging

extension Resource {
    /// `/v1/message`: the messages of both channels, without what they say.
    static let message = messages(
        "message",
        "A message of either channel.",
        [
            .init("type", .choice(["email", "sms"]), "The channel.", example: "email")
                .filterable.from("channel")
        ],
        channel: nil
    )

    /// `/v1/emailMessage`: mails with what they say.
    static let emailMessage: Resource = {
        var resource = messages(
            "emailMessage",
            "A mail; it cannot change once a task uses it.",
            [content(emailExample, "Sender, variants by language, defaults of variables.")],
            channel: .email
        )
        resource.create = { draft, change in
            let mail = try draft.structure("content", as: EmailContent.self)
            return try create(draft, mail.map(MessageContent.email), change)
        }
        resource.update = { id, draft, change in
            let mail = try draft.structure("content", as: EmailContent.self)
            try update(id, draft, mail.map(MessageContent.email), change)
        }
        resource.delete = remove
        resource.actions = [preview, sendTest]
        return resource
    }()

    /// `/v1/smsMessage`: text messages with what they say.
    static let smsMessage: Resource = {
        var resource = messages(
            "smsMessage",
            "A text message; it cannot change once a task uses it.",
            [
                content(
                    smsExample,
                    "Sender, texts by language, defaults of variables; multipart: false for one part."
                )
            ],
            channel: .sms
        )
        resource.create = { draft, change in
            let text = try draft.structure("content", as: SMSContent.self)
            return try create(draft, text.map(MessageContent.sms), change)
        }
        resource.update = { id, draft, change in
            let text = try draft.structure("content", as: SMSContent.self)
            try update(id, draft, text.map(MessageContent.sms), change)
        }
        resource.delete = remove
        resource.actions = [.smsPreview]
        return resource
    }()

    private static func messages(
        _ name: String,
        _ summary: String,
        _ own: [ResourceAttribute],
        channel: Channel?
    ) -> Resource {
        let named = ResourceAttribute(
            "name",
            .text(limit: 255),
            "The name that people see.",
            example: "Spring"
        ).filterable.sortable
        return Resource(
            name: name,
            summary: summary,
            attributes: [.id, channel == nil ? named : named.requiredToPost.changeable] + own + [
                .init("editable", .boolean, "Whether it can be changed.", example: true),
                .init("used", .boolean, "Whether a task uses it.", example: false),
                .init("cdate", .moment, "When it was made.", example: 1_780_000_000)
                    .from("createdAt"),
                .init("mdate", .moment, "When it was last changed.", example: 1_780_000_000)
                    .from("updatedAt"),
            ],
            listing: MessageStore.listing,
            scope: .sends,
            permission: .writeOwnMessages,
            visible: { caller in
                caller.ownMessages
                    + (channel.map { [.equals("channel", .text($0.rawValue))] } ?? [])
            }
        )
    }

    private static func content(_ example: JSONValue, _ meaning: String) -> ResourceAttribute {
        ResourceAttribute(
            "content",
            .structure(schema: ["type": "object"]),
            meaning,
            example: example
        ).requiredToPost.changeable
    }

    private static func create(
        _ draft: Draft,
        _ content: MessageContent?,
        _ change: Change
    ) throws -> Int64 {
        guard let content else { throw Problem.unacceptable("content", "is required") }
        return try MessageStore(change.workspace).create(
            name: draft.text("name") ?? "",
            content,
            author: change.call.caller.user.id,
            by: change.context,
            in: change.transaction
        ).id.value
    }

    private static func update(
        _ id: Int64,
        _ draft: Draft,
        _ content: MessageContent?,
        _ change: Change
    ) throws {
        try MessageStore(change.workspace).update(
            StoredMessageID(id),
            name: draft.text("name"),
            content,
            by: change.context,
            in: change.transaction
        )
    }

    private static let remove: @Sendable (Int64, Draft, Change) throws -> [String: JSONValue] = {
        id,
        _,
        change in
        try MessageStore(change.workspace).delete(StoredMessageID(id), in: change.transaction)
        return [:]
    }

    private static let emailExample: JSONValue = [
        "senderAddress": "news@example.org", "senderName": "Example", "defaultLanguage": "en",
        "variants": [
            "en": ["subject": "Hello {{firstName}}", "html": "<p>Hello {{firstName}}</p>"]
        ],
        "defaults": ["firstName": "there"],
    ]

    private static let smsExample: JSONValue = [
        "sender": "Example", "defaultLanguage": "en", "texts": ["en": "Hello {{firstName}}"],
        "defaults": ["firstName": "there"],
    ]
}
