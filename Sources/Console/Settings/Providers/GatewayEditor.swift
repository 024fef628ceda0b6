// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Campaigns
import Common
import Database
import Messaging

/// Adding a gateway of text messages, and changing one.
enum GatewayEditor {
    static let path = "/console/settings/gateways"

    static let routes: [Route] = [
        .get("settings/gateways/new", .administer) { visit in
            .page(try page(visit, GatewayForm(kind(visit)), nil))
        },
        .post("settings/gateways/new", .administer) { visit, form in
            try await save(visit, GatewayForm(form, kind(visit)), nil)
        },
        .get("settings/gateways/:id/edit", .administer) { visit in
            let (account, cap) = try await visit.read { connection in
                let account = try GatewayEditor.account(visit, connection)
                let state = try ProviderGate(visit.workspace, .gateway(account.id))
                    .state(in: connection)
                return (account, state.cap)
            }
            return .page(try page(visit, GatewayForm(account, cap), account))
        },
        .post("settings/gateways/:id/edit", .administer) { visit, form in
            let account = try await visit.read { try GatewayEditor.account(visit, $0) }
            return try await save(visit, GatewayForm(form, account.provider.kind), account)
        },
        .post("settings/gateways/:id/pause", .administer) { visit, _ in
            try await ProviderActions.pause(.gateway(SMSAccountID(visit.id())), visit) {
                _ = try GatewayEditor.account(visit, $0)
            }
        },
        .post("settings/gateways/:id/resume", .administer) { visit, _ in
            try await ProviderActions.resume(.gateway(SMSAccountID(visit.id())), visit) {
                _ = try GatewayEditor.account(visit, $0)
            }
        },
        .post("settings/gateways/:id/delete", .administer) { visit, _ in try await delete(visit) },
    ]

    /// `Kannel` or `HTTP`.
    static func kind(_ word: String) -> String { word == "kannel" ? "Kannel" : "HTTP" }

    private static func kind(_ visit: Visit) -> String {
        visit.query.text("kind") == "http" ? "http" : "kannel"
    }

    private static func account(_ visit: Visit, _ connection: Connection) throws -> SMSAccount {
        let id = SMSAccountID(try visit.id())
        guard let found = try SMSAccountStore(visit.workspace).account(id, in: connection) else {
            throw PageError.notFound("gateway")
        }
        return found
    }

    private static func page(
        _ visit: Visit,
        _ form: GatewayForm,
        _ account: SMSAccount?,
        _ errors: FormErrors = .none
    ) throws -> Page {
        var page = Page(account.map { "Edit \($0.name)" } ?? "Add a gateway", .settings)
        page.crumbs = [("Relays and gateways", ProvidersPage.path)]
        let new = "\(path)/new?kind=\(form.kind)"
        if account == nil {
            page.parts.append(
                Tabs(
                    "Kinds of gateway",
                    current: new,
                    [
                        ("Kannel", "\(path)/new?kind=kannel"),
                        ("Another, with an HTTP interface", "\(path)/new?kind=http"),
                    ]
                )
            )
        }
        if let account { page.actions = [deleteButton(account)] }
        page.parts.append(
            Section(
                nil,
                [
                    FormPart(
                        account.map { "\(path)/\($0.id)/edit" } ?? new,
                        submit: account == nil ? "Add the gateway" : "Save",
                        cancel: ProvidersPage.path,
                        form.groups(isNew: account == nil)
                    ).showing(errors)
                ]
            )
        )
        if let account { page.parts.append(try callbacks(account, visit)) }
        return errors.isEmpty ? page : page.status(422)
    }

    private static func deleteButton(_ account: SMSAccount) -> Button {
        Button(
            "Delete",
            "\(path)/\(account.id)/delete",
            "danger",
            asking: "Its secret is forgotten, and text messages go by the next gateway, or to the "
                + "outbox. Reports of messages that it took are still understood.",
            submit: "Delete this gateway"
        )
    }

    /// What the gateway is to call.
    private static func callbacks(_ account: SMSAccount, _ visit: Visit) throws -> Section {
        let ground = visit.services.rooms.texts
        guard let base = ground.publicAddress else {
            return Section(
                "Replies and reports",
                [
                    Notice(
                        .note,
                        "Without a public address of this installation, replies such as STOP and delivery reports cannot reach it. Start it with <code>--public-url</code>."
                    )
                ]
            )
        }
        let key = try ground.key(visit.workspace)
        func address(_ address: TextAddress) -> HTML {
            "<code>\(base)/\(address.path(key))</code>"
        }
        return Section(
            "Addresses that the gateway calls",
            note:
                "Enter them there. Whoever knows them can report a STOP, so keep them to yourself.",
            [
                Facts([
                    ("Replies of recipients", address(.replies(visit.workspace, account.id))),
                    ("Stops of the operator", address(.stops(visit.workspace, account.id))),
                ])
            ]
        )
    }

    private static func save(
        _ visit: Visit,
        _ form: GatewayForm,
        _ account: SMSAccount?
    ) async throws -> Reply {
        do {
            let (provider, connections) = (try form.provider(), try form.connectionCount())
            let cap = try ProviderActions.cap(form.form)
            try await visit.write { transaction, context in
                let store = SMSAccountStore(visit.workspace)
                let secrets = try visit.services.rooms.secrets(visit.workspace)
                var kept: SMSAccount
                if let account {
                    kept = account
                    (kept.name, kept.provider) = (form.form.text("name"), provider)
                    (kept.connections, kept.isActive) = (connections, form.form.isOn("active"))
                    try store.update(kept, in: transaction) { name in
                        try secrets.remove(name, by: context, in: transaction)
                    }
                } else {
                    kept = try store.create(
                        name: form.form.text("name"),
                        provider,
                        connections: connections,
                        by: context,
                        in: transaction
                    )
                }
                try ProviderGate(visit.workspace, .gateway(kept.id)).setCap(cap, in: transaction)
                let secret = form.form.raw("secret")
                if !secret.isEmpty {
                    try secrets
                        .set(kept.secretName, to: Secret(secret), by: context, in: transaction)
                }
                let verb = account == nil ? "create" : "change"
                try ProviderActions.log(verb, .gateway(kept.id), context, transaction)
            }
            return .redirect(
                ProvidersPage.path,
                notice: account == nil ? "The gateway is added." : "Saved."
            )
        } catch let errors as FormErrors {
            return .page(try page(visit, form, account, errors))
        } catch {
            guard let refusal = Refusal(error), [409, 422].contains(refusal.status) else {
                throw error
            }
            let errors = ProviderActions.errors(refusal, ["settings": "url"])
            return .page(try page(visit, form, account, errors))
        }
    }

    private static func delete(_ visit: Visit) async throws -> Reply {
        try await visit.write { transaction, context in
            let account = try GatewayEditor.account(visit, transaction)
            try visit.services.rooms.secrets(visit.workspace)
                .remove(account.secretName, by: context, in: transaction)
            try SMSAccountStore(visit.workspace).delete(account.id, in: transaction)
            try ProviderActions.log("delete", .gateway(account.id), context, transaction)
        }
        return .redirect(ProvidersPage.path, notice: "The gateway is deleted.")
    }
}
