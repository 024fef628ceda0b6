// SPDX-License-Identifier: Apache-2.0
import Common
import Messaging
import Testing

func address(_ text: String) throws -> EmailAddress { try #require(EmailAddress(text)) }

func messageID(_ text: String) throws -> MessageID { try #require(MessageID(text)) }

/// 14 November 2023, 22:13:20 UTC.
let sampleMoment = Instant(seconds: 1_700_000_000)

/// Renders one variant for one recipient.
func render(
    _ variant: EmailVariant,
    defaults: [String: String] = [:],
    parameters: [String: PersonalisationValue] = [:],
    attributes: [String: PersonalisationValue] = [:]
) throws -> RenderedEmail {
    let content = EmailContent(
        senderAddress: "shop@example.com",
        senderName: "Shop",
        variant: variant,
        defaults: defaults
    )
    let values = RecipientValues(parameters: parameters, attributes: attributes)
    return try EmailTemplate(content).render(values)
}

/// A message with fixed addressing.
func message(
    _ variant: EmailVariant,
    to name: String? = "Ann",
    id: String = "i42.r7@mail.example.com"
) throws -> EmailMessage {
    EmailMessage(
        content: try render(variant),
        to: Mailbox(name: name, address: try address("ann@example.org")),
        messageID: try messageID(id),
        date: sampleMoment
    )
}

/// A mail with a small content, numbered.
func outgoing(
    _ number: Int = 1,
    to recipient: String = "ann@example.org",
    from sender: String = "bounce@example.com",
    content: String = "Subject: Hello\r\n\r\n.dots\r\n..more\r\nend\r\n"
) throws -> OutgoingMail {
    OutgoingMail(
        messageID: try messageID("i\(number)@mail.example.com"),
        sender: try address(sender),
        recipient: try address(recipient),
        date: sampleMoment,
        content: Array(content.utf8)
    )
}
