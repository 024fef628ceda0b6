// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Campaigns
import Common
import Database
import Messaging
import Tasks

/// Addresses that are told when tasks end.
enum WebhooksPages {
    static let path = "/console/settings/webhooks"

    static let routes: [Route] = [
        .get("settings/webhooks", .administer) { try await .page(list($0)) },
        .post("settings/webhooks", .administer) { visit, form in try await create(visit, form) },
        .get("settings/webhooks/:id", .administer) { try await .page(show($0)) },
        .post("settings/webhooks/:id/test", .administer) { visit, _ in
            let id = WebhookID(try visit.id())
            let task = try await visit.change("webhook.test", of: "webhook \(id)") {
                transaction,
                context in
                try WebhookStore(visit.workspace).test(id, by: context, in: transaction)
            }
            return .redirect("\(HistoryPage.path)/\(task)", notice: "The test is on its way.")
        },
        .post("settings/webhooks/:id/delete", .administer) { visit, _ in try await delete(visit) },
    ]

    private static func list(
        _ visit: Visit,
        _ form: Form = Form(),
        _ errors: FormErrors = .none
    ) async throws -> Page {
        let list = try await visit.read { connection in
            try ListPage(WebhookStore.listing, in: visit.workspace, from: connection)
        }
        var page = Page("Webhooks", .settings)
        let types = visit.services.taskTypes.sorted { $0.displayName < $1.displayName }
        page.parts = [
            SettingsRoutes.tabs(path),
            Section(
                nil,
                [
                    Table(
                        "Webhooks",
                        [.init("Address", .grow), .init("State"), .init("Made", .moment)],
                        rows: list.rows.map { row in
                            [
                                link(row.text("url"), "\(path)/\(row.id)"),
                                row.isOn("active")
                                    ? Badge.status("active") : Badge.status("off", "Not active"),
                                visit.view.time(row.moment("cdate")),
                            ]
                        },
                        empty: Table.Empty(
                            "No webhooks",
                            "An address of yours is told when a task ends, with a signature."
                        )
                    )
                ]
            ),
            FormPart(
                path,
                submit: "Make the webhook",
                FormPart.Group([
                    Field.text("url", "Address", form.text("url"), "url").sized("wide"),
                    Field.checks(
                        "types",
                        "Told of",
                        form.set("types"),
                        types.map { .init($0.name, $0.displayName) }
                    )
                    .hinted("Of every type when none is ticked."),
                ])
            ).showing(errors).card("New webhook"),
        ]
        return errors.isEmpty ? page : page.status(422)
    }

    private static func create(_ visit: Visit, _ form: Form) async throws -> Reply {
        let secret = WebhookSecret(randomness: SystemRandomness())
        do {
            let webhook = try await visit.change(
                "webhook.create",
                of: { (made: Webhook) in "webhook \(made.id)" }
            ) {
                transaction,
                context in
                let webhook = try WebhookStore(visit.workspace).create(
                    url: form.text("url"),
                    types: form.all("types"),
                    by: context,
                    in: transaction
                )
                try visit.services.rooms.secrets(visit.workspace).set(
                    webhook.secretName,
                    to: Secret(secret.reveal()),
                    by: context,
                    in: transaction
                )
                return webhook
            }
            var page = Page(webhook.url, .settings, lead: "The new webhook")
            page.crumbs = [("Webhooks", path)]
            page.parts = [
                Section(
                    "Keep its secret now",
                    note: "Messages are signed with it (Standard Webhooks). It is shown this once.",
                    [
                        "<code class=\"secret\">\(secret.reveal())</code>" as HTML
                    ]
                ), LinkButton("Open the webhook", "\(path)/\(webhook.id)"),
            ]
            return .page(page)
        } catch {
            guard let refusal = Refusal(error), [409, 422].contains(refusal.status) else {
                throw error
            }
            let errors = FormErrors(fields: ["url": refusal.sentence.capitalisedFirst + "."])
            return .page(try await list(visit, form, errors))
        }
    }

    private static func show(_ visit: Visit) async throws -> Page {
        let id = WebhookID(try visit.id())
        let (webhook, deliveries) = try await visit.read { connection in
            guard let webhook = try WebhookStore(visit.workspace).webhook(id, in: connection) else {
                throw PageError.notFound("webhook")
            }
            return (
                webhook,
                try WebhookDeliveries(visit.workspace).all(to: id, limit: 50, in: connection)
            )
        }
        var page = Page(webhook.url, .settings)
        page.crumbs = [("Webhooks", path)]
        page.actions = [
            Button("Send a test", "\(path)/\(id)/test", "primary"),
            Button(
                "Delete",
                "\(path)/\(id)/delete",
                "danger",
                asking: "The address is told nothing any more.",
                submit: "Delete this webhook"
            ),
        ]
        page.parts = [
            Section(
                "Deliveries",
                [
                    Table(
                        "Deliveries",
                        [
                            .init("When", .moment), .init("Status"), .init("Answer"),
                            .init("What it failed on", .grow), .init("Next try", .moment),
                        ],
                        rows: deliveries.map { delivery in
                            [
                                "<a href=\"\(HistoryPage.path)/\(delivery.task.id)\">\(visit.view.time(delivery.task.date))</a>",
                                Badge.status(delivery.task.status.rawValue),
                                HTML(escaping: delivery.httpStatus.map(String.init) ?? ""),
                                HTML(escaping: delivery.lastError ?? ""),
                                visit.view.time(delivery.nextTry),
                            ]
                        },
                        empty: Table.Empty("Nothing was sent yet", "Send a test.")
                    )
                ]
            )
        ]
        return page
    }

    private static func delete(_ visit: Visit) async throws -> Reply {
        let id = WebhookID(try visit.id())
        try await visit.change("webhook.delete", of: "webhook \(id)") { transaction, context in
            let store = WebhookStore(visit.workspace)
            if let webhook = try store.webhook(id, in: transaction) {
                try visit.services.rooms.secrets(visit.workspace)
                    .remove(webhook.secretName, by: context, in: transaction)
            }
            try store.delete(id, in: transaction)
        }
        return .redirect(path, notice: "The webhook is deleted.")
    }
}
