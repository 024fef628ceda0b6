// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database
import Messaging

extension Resource {
    /// `/v1/emailMessage/ID/preview`: a mail as a recipient would see it.
    static let preview = ResourceAction(
        name: "preview",
        method: .get,
        target: .item,
        summary: "The mail as a recipient would see it; nothing is sent or recorded.",
        attributes: [
            .init(
                "subscriber_id",
                .integer,
                "Whose values are printed; only defaults are without it.",
                example: 77
            ).postable,
            .init("language", .text(limit: 35), "The profile's unless given.", example: "fr")
                .postable,
        ],
        answer: [
            "type": "object",
            "properties": [
                "from": ["type": "string"], "language": ["type": "string"],
                "subject": ["type": "string"], "html": ["type": ["string", "null"]],
                "text": ["type": "string"],
            ],
        ],
        run: .read { id, draft, call, connection in
            let mail = try rendered(id, draft, call, connection)
            return [
                "from": .string(mail.from.address.text), "language": .string(mail.language),
                "subject": .string(mail.subject),
                "html": mail.html.map(JSONValue.string) ?? .null, "text": .string(mail.text),
            ]
        }
    )

    /// `/v1/emailMessage/ID/test`: a mail to someone who looks it over.
    static let sendTest = ResourceAction(
        name: "test",
        method: .post,
        target: .item,
        summary: "Send the mail to people who look it over; nothing is recorded of it.",
        attributes: [
            .init(
                "recipients",
                .several(.text(limit: 254)),
                "One to ten addresses.",
                example: ["ann@example.org"]
            ).requiredToPost,
            .init("subscriber_id", .integer, "Whose values are printed.", example: 77).postable,
            .init("language", .text(limit: 35), "The profile's unless given.", example: "fr")
                .postable,
        ],
        answer: ["type": "object", "properties": ["accepted": ["type": "integer"]]],
        run: .direct { id, draft, call in
            let recipients = try draft.structure("recipients", as: [String].self) ?? []
            guard (1...10).contains(recipients.count) else {
                throw Problem.unacceptable("recipients", "must be one to ten addresses")
            }
            let now = call.services.database.time.now()
            let mails = try await call.services.database.read { connection in
                let content = try rendered(id, draft, call, connection)
                return try recipients.map { recipient in
                    try MailPreview(call.workspace)
                        .test(content, to: recipient, call.services.mails, at: now, in: connection)
                }
            }
            let results = await call.services.transport.deliver(mails)
            let accepted = results.count { result in
                if case .accepted = result { true } else { false }
            }
            guard accepted == mails.count else {
                throw Problem(502, "the relay took \(accepted) of \(mails.count) mails")
            }
            return Answer.ok(data: Array("{\"accepted\":\(accepted)}".utf8))
        }
    )

    private static func rendered(
        _ id: Int64,
        _ draft: Draft,
        _ call: Call,
        _ connection: Connection
    ) throws -> RenderedEmail {
        let message = try MessageStore(call.workspace)
            .message(StoredMessageID(id), in: connection)
        guard let content = message.content.email else { throw Problem.notFound("mail \(id)") }
        let preview = MailPreview(call.workspace)
        let person = draft.integer("subscriber_id").map { ProfileID($0) }
        return try preview.mail(
            content,
            person.map { try preview.values(of: $0, in: connection) } ?? .defaults,
            language: draft.text("language")
        )
    }
}
