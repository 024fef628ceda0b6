// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Campaigns
import Common
import Database
import Messaging

/// Stored messages, which scheduled sends use.
///
/// Authors see and write their own only.
enum MessagesPages {
    static let path = "/console/messages"

    static let routes: [Route] = [
        .get("messages") { try await .page(list($0)) },
        .get("messages/new", .writeOwnMessages) { visit in
            .page(editor(visit, "", ContentForm(), nil))
        },
        .post("messages/new", .writeOwnMessages) { visit, form in try await save(visit, form, nil)
        },
        .get("messages/:id") { try await .page(show($0)) },
        .get("messages/:id/edit", .writeOwnMessages) { visit in
            let message = try await visit.read { try own(visit, $0) }
            return .page(editor(visit, message.name, ContentForm(message.content), message))
        },
        .post("messages/:id/edit", .writeOwnMessages) { visit, form in
            let message = try await visit.read { try own(visit, $0) }
            return try await save(visit, form, message)
        },
        .post("messages/:id/delete", .writeOwnMessages) { visit, _ in
            try await visit.change("message.delete", of: "message \(visit.id())") {
                transaction,
                _ in
                let message = try own(visit, transaction)
                try MessageStore(visit.workspace).delete(message.id, in: transaction)
            }
            return .redirect(path, notice: "The message is deleted.")
        },
        .get("messages/:id/mail") { visit in
            let message = try await visit.read { try seen(visit, $0) }
            guard let content = message.content.email else { throw PageError.notFound("mail") }
            let mail = try MailPreview(visit.workspace).mail(content, .names)
            let body = mail.html ?? ("<!doctype html><pre>\(mail.text)</pre>" as HTML).text
            return .document(
                mediaType: "text/html; charset=utf-8",
                Array(body.utf8),
                policy: SecurityHeaders.mail
            )
        },
    ]

    /// A message that the person may see.
    private static func seen(_ visit: Visit, _ connection: Connection) throws -> StoredMessage {
        let message = try MessageStore(visit.workspace)
            .message(StoredMessageID(visit.id()), in: connection)
        guard visit.may(.seeAllMessages) || message.author == visit.user.id else {
            throw PageError.notFound("message")
        }
        return message
    }

    /// A message that the person may change.
    private static func own(_ visit: Visit, _ connection: Connection) throws -> StoredMessage {
        let message = try seen(visit, connection)
        guard visit.may(.manage) || message.author == visit.user.id else {
            throw PageError.forbidden
        }
        return message
    }

    private static func list(_ visit: Visit) async throws -> Page {
        let filters: [ListingFilter] =
            visit.may(.seeAllMessages) ? [] : [.equals("author", .integer(visit.user.id.value))]
        let cursor = visit.query.text("at")
        let list = try await visit.read { connection in
            try ListPage(
                MessageStore.listing,
                filters,
                cursor: cursor,
                in: visit.workspace,
                from: connection
            )
        }
        var page = Page("Messages", .messages, lead: "Written once, sent by scheduled sends.")
        if visit.may(.writeOwnMessages) {
            page.actions = [LinkButton("New message", "\(path)/new", "primary")]
        }
        page.parts = [
            Section(
                nil,
                [
                    Table(
                        "Messages",
                        [
                            .init("Message", .grow), .init("Channel"), .init("State"),
                            .init("Changed", .moment),
                        ],
                        rows: list.rows.map { row in
                            [
                                link(row.text("name"), "\(path)/\(row.id)"),
                                HTML(escaping: CampaignWords.channel(row.text("channel"))),
                                row.isOn("used")
                                    ? Badge.status("sent", "Used")
                                    : Badge.status("draft", "Not used"),
                                visit.view.time(row.moment("updatedAt")),
                            ]
                        },
                        empty: Table.Empty(
                            "No messages yet",
                            "Write one, then say to whom and when it goes.",
                            visit.may(.writeOwnMessages)
                                ? link("Write a message", "\(path)/new") : nil
                        )
                    ).paged(first: visit.firstPage(path), next: visit.nextPage(path, list.next))
                ]
            )
        ]
        return page
    }

    private static func show(_ visit: Visit) async throws -> Page {
        let message = try await visit.read { try seen(visit, $0) }
        let place = "\(path)/\(message.id)"
        var page = Page(
            message.name,
            .messages,
            lead: CampaignWords.channel(message.channel.rawValue)
        )
        page.crumbs = [("Messages", path)]
        if visit.may(.manage) {
            page.actions.append(
                LinkButton("Schedule it", "/console/sends/new?message=\(message.id)", "primary")
            )
        }
        if message.isEditable, visit.may(.manage) || message.author == visit.user.id {
            page.actions.append(LinkButton("Edit", "\(place)/edit"))
            page.actions.append(
                Button(
                    "Delete",
                    "\(place)/delete",
                    "danger",
                    asking: "The message is gone for good.",
                    submit: "Delete it"
                )
            )
        }
        page.parts = [preview(message, place, visit)]
        if !message.isEditable {
            page.parts.append(Notice(.note, "A send uses it, so it stays as it is."))
        }
        return page
    }

    private static func preview(
        _ message: StoredMessage,
        _ place: String,
        _ visit: Visit
    ) -> Section {
        do {
            switch message.content {
            case .email(let content):
                let mail = try MailPreview(visit.workspace).mail(content, .names)
                return Section(
                    "With the names of values",
                    [
                        Facts([
                            ("From", HTML(escaping: mail.from.address.text)),
                            ("Subject", HTML(escaping: mail.subject)),
                        ]),
                        "<iframe class=\"mailframe\" title=\"The mail\" sandbox src=\"\(place)/mail\"></iframe>"
                            as HTML,
                    ]
                )
            case .sms(let content):
                let text = try MailPreview(visit.workspace).text(content, .names)
                return Section(
                    "With the names of values",
                    ["<p class=\"bubble\">\(text)</p>" as HTML]
                )
            case .file(_, let layout):
                let columns = HTML(escaping: layout.header.joined(separator: ", "))
                return Section("A file", [Facts([("Columns", columns)])])
            }
        } catch {
            return Section("Preview", [Notice(.bad, "It cannot be shown: \("\(error)").")])
        }
    }

    private static func editor(
        _ visit: Visit,
        _ name: String,
        _ content: ContentForm,
        _ message: StoredMessage?,
        _ errors: FormErrors = .none
    ) -> Page {
        var page = Page(message.map { "Edit \($0.name)" } ?? "New message", .messages)
        page.crumbs = [("Messages", path)]
        var head = FormPart.Group([Field.text("name", "Name", name).sized("wide")])
        if message == nil {
            head.fields.append(
                .radio(
                    "channel",
                    "Channel",
                    content.channel.rawValue,
                    [.init("email", "E-mail"), .init("sms", "SMS")]
                )
            )
        }
        var form = FormPart(
            message.map { "\(path)/\($0.id)/edit" } ?? "\(path)/new",
            submit: "Save",
            cancel: message.map { "\(path)/\($0.id)" } ?? path,
            [head] + content.groups(canChooseChannel: message == nil)
        )
        if let message { form.hidden = [("channel", message.channel.rawValue)] }
        page.parts = [Section(nil, [form.showing(errors)])]
        return errors.isEmpty ? page : page.status(422)
    }

    private static func save(
        _ visit: Visit,
        _ form: Form,
        _ message: StoredMessage?
    ) async throws -> Reply {
        let fields = ContentForm(form)
        let name = form.text("name")
        do {
            guard !name.isEmpty else {
                throw FormErrors(fields: ["name": "Give the message a name."])
            }
            let content = try fields.content(before: message?.content)
            let action = message == nil ? "message.create" : "message.update"
            let id = try await visit.change(
                action,
                of: { (id: StoredMessageID) in "message \(id)" }
            ) {
                transaction,
                context in
                let store = MessageStore(visit.workspace)
                guard let message else {
                    return try store.create(
                        name: name,
                        content,
                        author: visit.user.id,
                        by: context,
                        in: transaction
                    ).id
                }
                return try store.update(
                    message.id,
                    name: name,
                    content,
                    by: context,
                    in: transaction
                ).id
            }
            return .redirect("\(path)/\(id)", notice: "Saved.")
        } catch let errors as FormErrors {
            return .page(editor(visit, name, fields, message, errors))
        } catch {
            guard let refusal = Refusal(error), refusal.status == 422 else { throw error }
            let errors = FormErrors(refusal.sentence.capitalisedFirst + ".")
            return .page(editor(visit, name, fields, message, errors))
        }
    }
}
