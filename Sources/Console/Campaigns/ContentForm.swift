// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Foundation
import Messaging

/// The fields of a message, for campaigns and stored messages alike.
///
/// One language is edited here; others that the API gave stay as they are.
struct ContentForm: Sendable {
    var channel = Channel.email
    var senderAddress = ""
    var senderName = ""
    var replyTo = ""
    var language = "en"
    var subject = ""
    var html = ""
    var text = ""
    var sender = ""
    var defaults = ""

    init() {}

    init(_ content: MessageContent) {
        channel = content.channel
        if let email = content.email {
            let variant = email.variants[email.defaultLanguage]
            (senderAddress, replyTo) = (email.senderAddress, email.replyTo ?? "")
            senderName = variant?.senderName ?? email.senderName ?? ""
            (language, subject) = (email.defaultLanguage, variant?.subject ?? "")
            (html, text) = (variant?.html ?? "", variant?.text ?? "")
            defaults = ContentForm.lines(email.defaults)
        }
        if let sms = content.sms {
            (sender, language) = (sms.sender, sms.defaultLanguage)
            text = sms.texts[sms.defaultLanguage] ?? ""
            defaults = ContentForm.lines(sms.defaults)
        }
    }

    init(_ form: Form) {
        channel = Channel(rawValue: form.text("channel")) ?? .email
        (senderAddress, senderName) = (form.text("senderAddress"), form.text("senderName"))
        replyTo = form.text("replyTo")
        language = form.filled("language") ?? "en"
        (subject, html) = (form.text("subject"), form.raw("html"))
        text = channel == .sms ? form.text("smsText") : form.raw("text")
        (sender, defaults) = (form.text("sender"), form.text("defaults"))
    }

    /// The message: what it was before, with what the form shows in its place.
    ///
    /// - Throws: ``FormErrors`` beside the field.
    func content(before: MessageContent? = nil) throws -> MessageContent {
        channel == .sms ? .sms(try sms(before?.sms)) : .email(try email(before?.email))
    }

    private func sms(_ before: SMSContent?) throws -> SMSContent {
        guard !text.isEmpty else { throw FormErrors(fields: ["smsText": "Write the text."]) }
        guard !sender.isEmpty else { throw FormErrors(fields: ["sender": "Say who sends it."]) }
        var content = before ?? SMSContent(sender: sender, texts: [:])
        (content.sender, content.texts[language]) = (sender, text)
        (content.defaultLanguage, content.defaults) = (language, values(before: content.defaults))
        return content
    }

    private func email(_ before: EmailContent?) throws -> EmailContent {
        try checkMail()
        var content =
            before
            ?? EmailContent(senderAddress: senderAddress, variants: [:], defaultLanguage: language)
        var variant = content.variants[language] ?? EmailVariant(subject: subject)
        variant.subject = subject
        (variant.html, variant.text) = (html.isEmpty ? nil : html, text.isEmpty ? nil : text)
        // The name stands where it was read from: a language may have one of its own.
        let name = senderName.isEmpty ? nil : senderName
        if content.variants[content.defaultLanguage]?.senderName == nil {
            content.senderName = name
        } else {
            variant.senderName = name
        }
        content.senderAddress = senderAddress
        content.replyTo = replyTo.isEmpty ? nil : replyTo
        (content.variants[language], content.defaultLanguage) = (variant, language)
        content.defaults = values(before: content.defaults)
        return content
    }

    private func checkMail() throws {
        var wrong: [String: String] = [:]
        if !EmailAddress.isValid(senderAddress) {
            wrong["senderAddress"] = "An e-mail address such as news@example.org."
        }
        if subject.isEmpty { wrong["subject"] = "A mail needs a subject." }
        if html.isEmpty, text.isEmpty { wrong["html"] = "Write HTML or a text." }
        if !wrong.isEmpty { throw FormErrors(fields: wrong) }
    }

    /// The defaults of the lines; as they were when nobody has touched these, since a default may
    /// have lines of its own.
    private func values(before: [String: String]) -> [String: String] {
        let given = defaults.replacing("\r\n", with: "\n")
        guard given != ContentForm.lines(before).trimmingCharacters(in: .whitespacesAndNewlines)
        else { return before }
        var values: [String: String] = [:]
        for line in defaults.split(whereSeparator: \.isNewline) {
            let pair = line.split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard pair.count == 2 else { continue }
            values[pair[0].trimmingPrefix(" ").description] = String(pair[1])
        }
        return values
    }

    private static func lines(_ values: [String: String]) -> String {
        values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
    }

    /// The fields; both channels are there, and the other one's are ignored.
    func groups(canChooseChannel: Bool) -> [FormPart.Group] {
        let hint: HTML = "<code>{{firstName}}</code> is replaced by the person's own value."
        var mail = FormPart.Group(
            "E-mail",
            note: hint,
            [
                Field.text("senderAddress", "Sender address", senderAddress, "email"),
                Field.text("senderName", "Sender name", senderName).optional,
                Field.text("replyTo", "Replies go to", replyTo, "email").optional,
                Field.text("subject", "Subject", subject),
                ContentForm.code("html", "HTML", html, rows: 14),
                Field.area("text", "Text part", text, rows: 5).optional
                    .hinted("Made from the HTML when it is empty."),
            ]
        )
        var sms = FormPart.Group(
            "Text message",
            note: hint,
            [
                Field.text("sender", "Sender", sender).optional
                    .hinted("1 to 11 letters and digits, or a number."),
                Field.area("smsText", "Text", channel == .sms ? text : "", rows: 4).optional,
            ]
        )
        let common = FormPart.Group(
            "For both",
            [
                Field.text("language", "Language", language).sized("narrow")
                    .hinted("As in a profile, such as en or fr."),
                Field.area("defaults", "What is printed for empty values", defaults, rows: 3)
                    .optional
                    .hinted("A line for each, such as firstName=friend."),
            ]
        )
        guard canChooseChannel else {
            return [channel == .email ? mail : sms, common]
        }
        mail.legend = "E-mail"
        sms.legend = "Text message"
        return [mail, sms, common]
    }

    static func code(_ name: String, _ label: String, _ value: String, rows: Int) -> Field {
        var field = Field(kind: .area(rows: rows, isCode: true), name: name, label: label)
        (field.value, field.width, field.isRequired) = (value, "wide", false)
        return field
    }
}
