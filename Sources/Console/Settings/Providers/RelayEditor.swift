// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Campaigns
import Common
import Database
import Messaging

/// Adding a relay, and changing one.
enum RelayEditor {
    static let routes: [Route] = [
        .get("settings/relays/new", .administer) { visit in
            .page(page(visit, standard, nil))
        },
        .post("settings/relays/new", .administer) { visit, form in
            try await save(visit, form, nil)
        },
        .get("settings/relays/:id/edit", .administer) { visit in
            let (relay, cap) = try await visit.read { connection in
                let relay = try RelayEditor.relay(visit, connection)
                let state = try ProviderGate(visit.workspace, .relay(relay.id))
                    .state(in: connection)
                return (relay, state.cap)
            }
            return .page(page(visit, form(relay, cap), relay))
        },
        .post("settings/relays/:id/edit", .administer) { visit, form in
            let relay = try await visit.read { try RelayEditor.relay(visit, $0) }
            return try await save(visit, form, relay)
        },
        .post("settings/relays/:id/pause", .administer) { visit, _ in
            try await ProviderActions.pause(.relay(RelayID(visit.id())), visit) {
                _ = try RelayEditor.relay(visit, $0)
            }
        },
        .post("settings/relays/:id/resume", .administer) { visit, _ in
            try await ProviderActions.resume(.relay(RelayID(visit.id())), visit) {
                _ = try RelayEditor.relay(visit, $0)
            }
        },
        .post("settings/relays/:id/delete", .administer) { visit, _ in try await delete(visit) },
    ]

    private static func relay(_ visit: Visit, _ connection: Connection) throws -> Relay {
        do {
            return try RelayStore(visit.workspace).relay(RelayID(visit.id()), in: connection)
        } catch CampaignError.noSuchRelay {
            throw PageError.notFound("relay")
        }
    }

    private static let standard = Form([
        .init(name: "port", value: "587"), .init(name: "security", value: "startTLS"),
        .init(name: "clientName", value: "localhost"), .init(name: "connections", value: "2"),
        .init(name: "position", value: "0"), .init(name: "active", value: "yes"),
    ])

    private static func form(_ relay: Relay, _ cap: Int?) -> Form {
        Form([
            .init(name: "name", value: relay.name), .init(name: "host", value: relay.host),
            .init(name: "port", value: "\(relay.port)"),
            .init(name: "security", value: relay.security.rawValue),
            .init(name: "login", value: relay.login ?? ""),
            .init(name: "clientName", value: relay.clientName),
            .init(name: "connections", value: "\(relay.connections)"),
            .init(name: "position", value: "\(relay.position)"),
            .init(name: "cap", value: cap.map(String.init) ?? ""),
            .init(name: "active", value: relay.isActive ? "yes" : ""),
        ])
    }

    private static func page(
        _ visit: Visit,
        _ form: Form,
        _ relay: Relay?,
        _ errors: FormErrors = .none
    ) -> Page {
        var page = Page(relay.map { "Edit \($0.name)" } ?? "Add a relay", .settings)
        page.crumbs = [("Relays and gateways", ProvidersPage.path)]
        let place = "\(ProvidersPage.path)/\(relay.map { "\($0.id)/edit" } ?? "new")"
        if let relay {
            page.actions = [
                Button(
                    "Delete",
                    "\(ProvidersPage.path)/\(relay.id)/delete",
                    "danger",
                    asking: "Its password is forgotten, and mails go by the other relays, or to "
                        + "what the configuration names when there is none.",
                    submit: "Delete this relay"
                )
            ]
        }
        page.parts = [
            Section(
                nil,
                [
                    FormPart(
                        place,
                        submit: relay == nil ? "Add the relay" : "Save",
                        cancel: ProvidersPage.path,
                        server(form, isNew: relay == nil),
                        use(form)
                    ).showing(errors)
                ]
            )
        ]
        return errors.isEmpty ? page : page.status(422)
    }

    private static func server(_ form: Form, isNew: Bool) -> FormPart.Group {
        FormPart.Group(
            "The server",
            [
                .text("name", "Name", form.text("name")),
                Field.text("host", "Host", form.text("host"))
                    .hinted("Its name or address, such as smtp.example.org."),
                Field.text("port", "Port", form.text("port"), "number").sized("narrow"),
                Field.select(
                    "security",
                    "Encryption",
                    form.text("security"),
                    [
                        .init("startTLS", "STARTTLS, required"),
                        .init("tls", "TLS from the first byte"), .init("plain", "None"),
                    ]
                ).sized("narrow"),
                Field.text("clientName", "Name that this side gives", form.text("clientName"))
                    .sized("narrow"),
                Field.text("login", "User name", form.text("login")).optional
                    .completing("off"),
                Field.text("password", "Password", nil, "password").optional
                    .completing("new-password")
                    .hinted(
                        isNew
                            ? "Kept sealed, never shown."
                            : "Kept sealed, never shown. Empty to keep the present one; another host, port or user name forgets it."
                    ),
            ]
        )
    }

    private static func use(_ form: Form) -> FormPart.Group {
        FormPart.Group(
            "How it is used",
            [
                Field.text("position", "Order", form.text("position"), "number").sized("narrow")
                    .hinted("Lower goes first."),
                Field.text("cap", "Messages an hour, at most", form.text("cap"), "number").optional
                    .sized("narrow").hinted(ProviderActions.capHint),
                Field.text(
                    "connections",
                    "Connections of a node",
                    form.text("connections"),
                    "number"
                )
                .sized("narrow").hinted("At once, at most."),
                .check("active", "It is used", form.isOn("active")),
            ]
        )
    }

    private static func save(_ visit: Visit, _ form: Form, _ relay: Relay?) async throws -> Reply {
        do {
            let wanted = try read(form, relay)
            let cap = try ProviderActions.cap(form)
            try await visit.write { transaction, context in
                let store = RelayStore(visit.workspace)
                var kept = wanted
                if relay == nil {
                    kept = try store.create(wanted, by: context, in: transaction)
                } else {
                    let secrets = try visit.services.rooms.secrets(visit.workspace)
                    try store.update(wanted, in: transaction) { name in
                        try secrets.remove(name, by: context, in: transaction)
                    }
                }
                let gate = ProviderGate(visit.workspace, .relay(kept.id))
                try gate.setCap(cap, in: transaction)
                try keep(form.raw("password"), of: kept, visit, context, transaction)
                try ProviderActions.log(
                    relay == nil ? "create" : "update",
                    .relay(kept.id),
                    context,
                    transaction
                )
            }
            return .redirect(
                ProvidersPage.path,
                notice: relay == nil ? "The relay is added." : "Saved."
            )
        } catch let errors as FormErrors {
            return .page(page(visit, form, relay, errors))
        } catch {
            guard let refusal = Refusal(error), [409, 422].contains(refusal.status) else {
                throw error
            }
            return .page(page(visit, form, relay, ProviderActions.errors(refusal)))
        }
    }

    private static func read(_ form: Form, _ relay: Relay?) throws -> Relay {
        let login = form.filled("login")
        guard form.raw("password").isEmpty || login != nil else {
            throw FormErrors(fields: ["login": "A password needs a user name."])
        }
        var wanted = Relay(
            form.text("name"),
            host: form.text("host"),
            port: try ProviderActions.number(form, "port", 1...65_535),
            security: SMTPOptions.Security(rawValue: form.text("security")) ?? .startTLS,
            login: login,
            clientName: form.filled("clientName") ?? "localhost",
            connections: try ProviderActions.number(form, "connections", 1...100),
            position: try ProviderActions.number(form, "position", 0...1_000),
            isActive: form.isOn("active")
        )
        if let relay { (wanted.id, wanted.createdAt) = (relay.id, relay.createdAt) }
        return wanted
    }

    /// Seals a password; an empty one leaves the present one.
    private static func keep(
        _ password: String,
        of relay: Relay,
        _ visit: Visit,
        _ context: Context,
        _ transaction: Transaction
    ) throws {
        guard !password.isEmpty else { return }
        try visit.services.rooms.secrets(visit.workspace)
            .set(relay.secretName, to: Secret(password), by: context, in: transaction)
    }

    private static func delete(_ visit: Visit) async throws -> Reply {
        try await visit.write { transaction, context in
            let relay = try RelayEditor.relay(visit, transaction)
            try visit.services.rooms.secrets(visit.workspace)
                .remove(relay.secretName, by: context, in: transaction)
            try RelayStore(visit.workspace).delete(relay.id, in: transaction)
            try ProviderActions.log("delete", .relay(relay.id), context, transaction)
        }
        return .redirect(ProvidersPage.path, notice: "The relay is deleted.")
    }
}
