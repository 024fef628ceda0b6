// SPDX-License-Identifier: Apache-2.0
import Accounts
import Campaigns
import Common
import Database
import Messaging

extension Resource {
    /// `/v1/smsCredit`: the credit of the workspace for text messages, one row at most.
    static let smsCredit = Resource(
        name: "smsCredit",
        summary: "The credit for text messages, in millionths; without it there is no limit.",
        attributes: [
            .id,
            .init("price", .integer, "What one part costs.", example: 72_500)
                .requiredToPost.changeable,
            .init("balance", .integer, "What can be spent.", example: 10_000_000),
            .init("reserved", .integer, "What messages on their way may cost.", example: 0),
            .init("spent", .integer, "What messages did cost.", example: 0),
        ],
        listing: CreditStore.listing,
        scope: .administer,
        permission: .administer,
        create: { draft, change in
            let store = CreditStore(change.workspace)
            guard try store.credit(in: change.transaction) == nil else {
                throw Problem.conflict("there is a credit already", with: change.workspace.value)
            }
            try store.setPrice(price(draft), in: change.transaction)
            return change.workspace.value
        },
        update: { _, draft, change in
            guard draft.has("price") else { return }
            try CreditStore(change.workspace).setPrice(price(draft), in: change.transaction)
        },
        actions: [topUp]
    )

    /// `/v1/smsCreditEntry`: what was topped up.
    static let smsCreditEntry = Resource(
        name: "smsCreditEntry",
        summary: "What was added to the credit for text messages, or taken back.",
        attributes: [
            .id,
            .init("amount", .integer, "How much, in millionths.", example: 10_000_000),
            .init("note", .text(limit: 255), "Why.", example: "invoice 12"),
            .init("actor", .text(limit: 255), "Who did it.", example: "ann@example.org"),
            .init("cdate", .moment, "When.", example: 1_780_000_000),
        ],
        listing: CreditStore.entryListing,
        scope: .administer,
        permission: .administer,
        readPermission: .administer
    )

    private static func price(_ draft: Draft) -> Money {
        Money(millionths: draft.integer("price") ?? -1)
    }

    private static let topUp = ResourceAction(
        name: "topup",
        method: .post,
        target: .item,
        summary: "Add to the credit, or take back what was not spent.",
        attributes: [
            .init("amount", .integer, "How much, in millionths.", example: 10_000_000)
                .requiredToPost,
            .init("note", .text(limit: 255), "Why.", example: "invoice 12").postable,
        ],
        run: .change { _, draft, change in
            let store = CreditStore(change.workspace)
            let entry = try store.topUp(
                Money(millionths: draft.integer("amount") ?? 0),
                note: draft.text("note") ?? "",
                by: change.context,
                in: change.transaction
            )
            let balance = try store.credit(in: change.transaction)?.balance.millionths ?? 0
            return ["id": .integer(entry), "balance": .integer(balance)]
        }
    )
}

extension ResourceAction {
    /// `/v1/smsMessage/preview`: a text message as one recipient gets it, and how long it is.
    static let smsPreview = ResourceAction(
        name: "preview",
        method: .post,
        target: .collection,
        summary: "Render a text message, and tell its encoding and parts.",
        attributes: [
            .init(
                "content",
                .structure(schema: ["type": "object"]),
                "What the message says, as of the resource.",
                example: ["sender": "Shop", "texts": ["en": "Hello {{firstName}}"]]
            ).requiredToPost,
            .init(
                "values",
                .structure(
                    schema: ["type": "object", "additionalProperties": ["type": "string"]]
                ),
                "The recipient's attributes by technical name.",
                example: ["firstName": "Ann"]
            ).postable,
            .init("language", .text(limit: 32), "The recipient's language.", example: "en")
                .postable,
        ],
        answer: [
            "type": "object",
            "properties": [
                "text": ["type": "string"], "encoding": ["type": "string"],
                "units": ["type": "integer"], "parts": ["type": "integer"],
                "fits": ["type": "boolean"],
            ],
        ],
        run: .read { _, draft, _, _ in
            guard let content = try draft.structure("content", as: SMSContent.self) else {
                throw Problem.unacceptable("content", "is required")
            }
            let values = try draft.structure("values", as: [String: String].self) ?? [:]
            let text = try SMSTemplate(content).render(
                RecipientValues(attributes: values.mapValues { .text($0) }),
                language: draft.text("language")
            )
            let measure = TextMeasure(text)
            return [
                "text": .string(text), "encoding": .string(measure.encoding.rawValue),
                "units": .integer(Int64(measure.units)), "parts": .integer(Int64(measure.parts)),
                "fits": .boolean(measure.fits(isMultipart: content.multipart)),
            ]
        }
    )
}
