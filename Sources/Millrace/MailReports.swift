// SPDX-License-Identifier: Apache-2.0
import Common
import Exports
import Messaging

/// Sends the reports of exports by the same way as campaigns.
struct MailReports: ReportMailer {
    let transport: any MessageTransport<OutgoingMail>
    let time: any TimeSource
    var sender = "millrace@localhost.localdomain"

    func send(subject: String, text: String, to recipients: [String]) async throws {
        // Reports are not templates: braces in them mean themselves.
        let mails = try recipients.map { try mail(subject, text, to: $0) }
        for result in await transport.deliver(mails, mayStart: { true }) {
            guard case .accepted = result else { throw MailReportError.refused(result) }
        }
    }

    private func mail(
        _ subject: String,
        _ text: String,
        to recipient: String
    ) throws
        -> OutgoingMail
    {
        guard let from = EmailAddress(sender), let address = EmailAddress(recipient),
            let id = MessageID("report.\(SystemRandomness().token())@\(from.domain)")
        else { throw MailReportError.badAddress }
        let content = try EmailTemplate(
            EmailContent(
                senderAddress: sender,
                senderName: "Millrace",
                variant: EmailVariant(subject: "{{{subject}}}", text: "{{{text}}}")
            )
        ).render(RecipientValues(attributes: ["subject": .text(subject), "text": .text(text)]))
        let message = EmailMessage(
            content: content,
            to: Mailbox(address: address),
            messageID: id,
            date: time.now()
        )
        return try OutgoingMail(message, sender: from)
    }
}

/// Why a report was not mailed.
enum MailReportError: Error, CustomStringConvertible {
    case badAddress
    case refused(DeliveryResult)

    var description: String {
        switch self {
        case .badAddress: "a recipient of the report is no e-mail address"
        case .refused(let result): "the report was not taken: \(result)"
        }
    }
}
