// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Campaigns
import Common
import Database
import Messaging

/// A campaign as one person gets it, and a test to oneself.
enum CampaignPreviewPage {
    static let routes: [Route] = [
        .get("campaigns/:id/preview", .seeAllMessages) { try await .page(show($0)) },
        .get("campaigns/:id/mail", .seeAllMessages) { try await mail($0) },
        .post("campaigns/:id/test") { visit, form in try await test(visit, form) },
    ]

    private struct Subject: Sendable {
        var campaign: Campaign
        var profile: Profile?

        /// Whose values are shown: those of the person, or their names.
        var values: MailPreview.Values { profile.map { .profile($0) } ?? .names }
    }

    /// The campaign and the person: the one whose address is given, else the first of the table.
    private static func subject(
        _ visit: Visit,
        _ words: String,
        _ connection: Connection
    ) throws -> Subject {
        let campaign = try CampaignEditor.campaign(visit, connection)
        let table = try ProfileTableStore(visit.workspace).table(campaign.table, in: connection)
        let store = ProfileStore(table)
        let found =
            words.isEmpty
            ? try store.page(limit: 1, in: connection)
            : try store.profiles(havingAnywhere: words, limit: 1, in: connection)
        return Subject(campaign: campaign, profile: found.first)
    }

    private static func show(_ visit: Visit, _ errors: FormErrors = .none) async throws -> Page {
        let words = visit.query.text("person")
        let subject = try await visit.read { try Self.subject(visit, words, $0) }
        let campaign = subject.campaign
        let place = "\(CampaignsPage.path)/\(campaign.id)"
        var page = CampaignPage.frame(campaign, visit)
        let person = subject.profile.map { ProfileNames.name($0) }
        var filters = FormPart.filters(
            "\(place)/preview",
            [
                Field.text("person", "As this person gets it: address or key", words, "search")
                    .sized("wide")
            ]
        )
        filters.submit = "Preview"
        page.parts = [CampaignPage.tabs(campaign.id, current: "\(place)/preview"), filters]
        if !words.isEmpty, person == nil {
            page.parts.append(
                Notice(.warning, "Nobody is found by \(words); names of values are shown instead.")
            )
        }
        let preview = part(subject, place, words, visit)
        guard visit.may(.manage) else {
            page.parts.append(preview)
            return page
        }
        page.parts.append(
            Columns(
                preview,
                testForm(campaign, place, words, visit).showing(errors).card("Send a test")
            )
        )
        return errors.isEmpty ? page : page.status(422)
    }

    private static func part(
        _ subject: Subject,
        _ place: String,
        _ words: String,
        _ visit: Visit
    ) -> Section {
        let preview = MailPreview(visit.workspace)
        let whose =
            subject.profile.map { "As \(ProfileNames.name($0)) gets it" }
            ?? "With the names of values"
        do {
            switch subject.campaign.content {
            case .email(let content):
                let mail = try preview.mail(content, subject.values)
                let sender = [mail.from.name, mail.from.address.text].compactMap { $0 }.joined(
                    separator: ", "
                )
                return Section(
                    whose,
                    [
                        Facts([
                            ("From", HTML(escaping: sender)),
                            ("Subject", HTML(escaping: mail.subject)),
                        ]),
                        """
                        <iframe class="mailframe" title="The mail" sandbox \
                        src="\(place)/mail?person=\(Form.encode(words))"></iframe>
                        """ as HTML,
                    ]
                )
            case .sms(let content):
                let text = try preview.text(content, subject.values)
                return Section(
                    whose,
                    [
                        Facts([
                            ("Sender", HTML(escaping: content.sender)),
                            ("Characters", HTML(escaping: "\(text.count)")),
                        ]),
                        "<p class=\"bubble\">\(text)</p>" as HTML,
                    ]
                )
            case .file(_, let layout):
                return Section(
                    "A file",
                    [
                        Facts([
                            ("Columns", HTML(escaping: layout.header.joined(separator: ", ")))
                        ])
                    ]
                )
            }
        } catch {
            return Section(
                whose,
                [Notice(.bad, "It cannot be made for this person: \("\(error)").")]
            )
        }
    }

    /// The mail itself, in a frame that runs nothing.
    private static func mail(_ visit: Visit) async throws -> Reply {
        let words = visit.query.text("person")
        let subject = try await visit.read { try Self.subject(visit, words, $0) }
        guard let content = subject.campaign.content.email else {
            throw PageError.notFound("mail")
        }
        let mail = try MailPreview(visit.workspace).mail(content, subject.values)
        let body = mail.html ?? ("<!doctype html><pre>\(mail.text)</pre>" as HTML).text
        return .document(
            mediaType: "text/html; charset=utf-8",
            Array(body.utf8),
            policy: SecurityHeaders.mail
        )
    }

    private static func testForm(
        _ campaign: Campaign,
        _ place: String,
        _ words: String,
        _ visit: Visit
    ) -> FormPart {
        let field: Field =
            campaign.channel == .email
            ? Field.text("to", "To", visit.user.email, "email").sized("wide")
            : Field.text("to", "To", nil, "tel").sized("wide").hinted(
                "A number with its country code."
            )
        var form = FormPart(
            "\(place)/test?person=\(Form.encode(words))",
            submit: "Send a test",
            FormPart.Group([field])
        )
        form.hidden = [("person", words)]
        return form
    }

    private static func test(_ visit: Visit, _ form: Form) async throws -> Reply {
        let words = form.text("person")
        let subject = try await visit.read { try Self.subject(visit, words, $0) }
        let to = form.text("to")
        let result: DeliveryResult
        // Written down before it leaves: it may leave and not be answered.
        try await visit.change("campaign.test", of: "campaign \(subject.campaign.id)") { _, _ in }
        do {
            switch subject.campaign.content {
            case .email(let content):
                result = try await testMail(content, subject.values, to, visit)
            case .sms(let content):
                result = try await testText(content, subject.values, to, visit)
            case .file:
                throw FormErrors("A file is downloaded or dropped; there is nothing to send.")
            }
        } catch let errors as FormErrors {
            return .page(try await show(visit, errors))
        } catch let error as MessagingError {
            return .page(try await show(visit, FormErrors("\(error)".capitalisedFirst + ".")))
        }
        guard case .accepted = result else {
            return .page(
                try await show(visit, FormErrors("It was not accepted: \(Self.words(of: result))."))
            )
        }
        return .redirect(
            "\(CampaignsPage.path)/\(subject.campaign.id)/preview?person=\(Form.encode(words))",
            notice: "The test is on its way to \(to)."
        )
    }

    private static func words(of result: DeliveryResult) -> String {
        switch result {
        case .refusedTemporarily(let refusal), .refusedPermanently(let refusal):
            "\(refusal.code) \(refusal.reply)"
        case .notHandedOver(let reason), .inDoubt(let reason), .alreadyHandedOver(let reason):
            reason
        case .accepted, .notStarted: "nothing was started"
        }
    }

    private static func testMail(
        _ content: EmailContent,
        _ values: MailPreview.Values,
        _ to: String,
        _ visit: Visit
    ) async throws -> DeliveryResult {
        guard EmailAddress(to) != nil else {
            throw FormErrors(fields: ["to": "An e-mail address."])
        }
        let preview = MailPreview(visit.workspace)
        var mail = try preview.mail(content, values)
        mail.subject = "[Test] \(mail.subject)"
        let outgoing = try await visit.read { [mail] connection in
            let ground = visit.services.rooms.mails
            return try preview.test(mail, to: to, ground, at: visit.now, in: connection)
        }
        return await visit.services.mails.deliver([outgoing]).first ?? .notStarted
    }

    private static func testText(
        _ content: SMSContent,
        _ values: MailPreview.Values,
        _ to: String,
        _ visit: Visit
    ) async throws -> DeliveryResult {
        let preview = MailPreview(visit.workspace)
        let words = try preview.text(content, values)
        let transport = try await visit.read { connection in
            try visit.services.rooms.texts.transport(of: visit.workspace, in: connection)
        }
        let text = preview.test(words, from: content.sender, to: to, at: visit.now)
        return await transport.deliver([text]).first ?? .notStarted
    }
}
