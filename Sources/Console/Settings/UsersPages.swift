// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database

/// Who may sign in, and what they may do.
enum UsersPages {
    static let path = "/console/settings/users"

    static let routes: [Route] = [
        .get("settings/users", .administer) { try await .page(list($0)) },
        .post("settings/users", .administer) { visit, form in try await invite(visit, form) },
        .get("settings/users/:id", .administer) { try await .page(edit($0)) },
        .post("settings/users/:id", .administer) { visit, form in try await save(visit, form) },
        .post("settings/users/:id/link", .administer) { visit, _ in try await link(visit) },
        .post("settings/users/:id/delete", .administer) { visit, _ in
            let id = UserID(try visit.id())
            try await visit.write { transaction, context in
                try UserStore(visit.workspace).delete(id, by: context, in: transaction)
            }
            return .redirect(
                path,
                notice: "The user is deleted; what they did stays in the audit log."
            )
        },
    ]

    static let roles: [Field.Option] = [
        .init("administrator", "Administrator", note: "Everything, with users and settings"),
        .init("manager", "Manager", note: "Everything but administration"),
        .init("author", "Author", note: "Reads, and writes own messages"),
        .init("viewer", "Viewer", note: "Reads"),
    ]

    private static func list(
        _ visit: Visit,
        _ form: Form = Form(),
        _ errors: FormErrors = .none
    ) async throws -> Page {
        let (users, holders) = try await visit.read { connection in
            (
                try UserStore(visit.workspace).all(in: connection),
                try PasswordStore(visit.workspace).holders(in: connection)
            )
        }
        var page = Page("Users and roles", .settings)
        page.parts = [
            SettingsRoutes.tabs(path),
            Section(
                nil,
                [
                    Table(
                        "Users",
                        [
                            .init("Name", .grow), .init("E-mail", .grow), .init("Role"),
                            .init("Signing in"),
                        ],
                        rows: users.map { user in
                            [
                                Console.link(user.name, "\(path)/\(user.id)"),
                                HTML(escaping: user.email),
                                HTML(escaping: user.role.rawValue.capitalisedFirst),
                                !user.isActive
                                    ? Badge.status("off", "Not allowed")
                                    : holders.contains(user.id)
                                        ? Badge.status("yes", "With a password")
                                        : Badge.status("off", "No password yet"),
                            ]
                        },
                        empty: Table.Empty("No users", "Invite the first one below.")
                    )
                ]
            ),
            FormPart(
                path,
                submit: "Invite",
                FormPart.Group([
                    .text("name", "Name", form.text("name")),
                    .text("email", "E-mail address", form.text("email"), "email"),
                    .radio("role", "Role", form.filled("role") ?? "manager", roles),
                ])
            ).showing(errors).card("Invite somebody"),
        ]
        return errors.isEmpty ? page : page.status(422)
    }

    private static func invite(_ visit: Visit, _ form: Form) async throws -> Reply {
        do {
            let (user, text) = try await visit.write { transaction, context in
                let user = try UserStore(visit.workspace).create(
                    name: form.text("name"),
                    email: form.text("email"),
                    role: Role(rawValue: form.text("role")) ?? .viewer,
                    by: context,
                    in: transaction
                )
                let text = try SignInLinkStore(visit.workspace)
                    .create(for: user.id, by: context, in: transaction)
                return (user, text)
            }
            return .page(linkPage(user, text, visit))
        } catch {
            guard let refusal = Refusal(error), [409, 422].contains(refusal.status) else {
                throw error
            }
            let fields = refusal.fields.mapValues { "It \($0)." }
            let errors = FormErrors(
                fields.isEmpty ? refusal.sentence.capitalisedFirst + "." : nil,
                fields: fields
            )
            return .page(try await list(visit, form, errors))
        }
    }

    private static func link(_ visit: Visit) async throws -> Reply {
        let id = UserID(try visit.id())
        let (user, text) = try await visit.write { transaction, context in
            let user = try UserStore(visit.workspace).user(id, in: transaction)
            let text = try SignInLinkStore(visit.workspace)
                .create(for: id, by: context, in: transaction)
            return (user, text)
        }
        return .page(linkPage(user, text, visit))
    }

    private static func linkPage(_ user: User, _ text: Secret, _ visit: Visit) -> Page {
        let host = visit.request.headers["host"] ?? "localhost"
        let isPlain = host.hasPrefix("127.") || host.hasPrefix("localhost")
        let place = visit.services.address ?? "\(isPlain ? "http" : "https")://\(host)"
        let address = "\(place)/console/welcome/\(text.reveal())"
        var page = Page("A link for \(user.name)", .settings, lead: user.email)
        page.crumbs = [("Users and roles", path)]
        page.parts = [
            Section(
                "Send this link",
                note: "It sets a password, once, within three days. It is not shown again.",
                [
                    "<code class=\"secret\">\(address)</code>" as HTML
                ]
            ), LinkButton("Back to the users", path),
        ]
        return page
    }

    private static func edit(
        _ visit: Visit,
        _ sent: User? = nil,
        _ errors: FormErrors = .none
    ) async throws -> Page {
        let id = UserID(try visit.id())
        let (user, entities) = try await visit.read { connection in
            (
                try sent ?? UserStore(visit.workspace).user(id, in: connection),
                try EntityStore(visit.workspace).all(in: connection)
            )
        }
        var page = Page(user.name, .settings, lead: user.email)
        page.crumbs = [("Users and roles", path)]
        page.actions = [
            Button("New sign-in link", "\(path)/\(id)/link"),
            Button(
                "Delete",
                "\(path)/\(id)/delete",
                "danger",
                asking:
                    "They can no longer sign in, and their tokens stop working. What they did stays in the audit log.",
                submit: "Delete this user"
            ),
        ]
        var fields: [Field] = [
            .text("name", "Name", user.name), .text("email", "E-mail address", user.email, "email"),
            .radio("role", "Role", user.role.rawValue, roles),
            .check("active", "May sign in", user.isActive),
        ]
        if !entities.isEmpty {
            fields.append(
                Field.checks(
                    "entities",
                    "Limited to these entities",
                    Set(user.entities.map { "\($0)" }),
                    entities.map { .init("\($0.id)", $0.name) }
                ).hinted("Everything when none is ticked.")
            )
        }
        page.parts = [
            Section(
                nil,
                [
                    FormPart("\(path)/\(id)", submit: "Save", cancel: path, FormPart.Group(fields))
                        .showing(errors)
                ]
            )
        ]
        return errors.isEmpty ? page : page.status(422)
    }

    private static func save(_ visit: Visit, _ form: Form) async throws -> Reply {
        let id = UserID(try visit.id())
        var user = try await visit.read { try UserStore(visit.workspace).user(id, in: $0) }
        user.name = form.text("name")
        user.email = form.text("email")
        user.role = Role(rawValue: form.text("role")) ?? user.role
        user.isActive = form.isOn("active")
        user.entities = Set(form.all("entities").compactMap { Int64($0).map { EntityID($0) } })
        let changed = user
        do {
            try await visit.write { transaction, context in
                try UserStore(visit.workspace).update(changed, by: context, in: transaction)
            }
            return .redirect(path, notice: "Saved.")
        } catch {
            guard let refusal = Refusal(error), [409, 422].contains(refusal.status) else {
                throw error
            }
            let errors = FormErrors(refusal.sentence.capitalisedFirst + ".")
            return .page(try await edit(visit, changed, errors))
        }
    }
}
