// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Campaigns
import Common
import Database

/// Who carries messages on: relays of mails and gateways of text messages, with caps and pauses.
enum ProvidersPage {
    static let path = "/console/settings/relays"

    static let routes: [Route] =
        [.get("settings/relays", .administer) { try await .page(list($0)) }]
        + RelayEditor.routes + GatewayEditor.routes

    private struct Found: Sendable {
        var relays: [(relay: Relay, state: ProviderState)]
        var gateways: [(account: SMSAccount, state: ProviderState)]
    }

    private static func list(_ visit: Visit) async throws -> Page {
        let found = try await visit.read { connection in
            func state(_ provider: Provider) throws -> ProviderState {
                try ProviderGate(visit.workspace, provider).state(in: connection)
            }
            return Found(
                relays: try RelayStore(visit.workspace).all(in: connection).map {
                    ($0, try state(.relay($0.id)))
                },
                gateways: try SMSAccountStore(visit.workspace).all(in: connection).map {
                    ($0, try state(.gateway($0.id)))
                }
            )
        }
        var page = Page(
            "Relays and gateways",
            .settings,
            lead:
                "Who carries e-mails and text messages on, how many an hour, and whether it works."
        )
        page.parts = [
            SettingsRoutes.tabs(path), relays(found, visit), gateways(found, visit),
        ]
        return page
    }

    private static func relays(_ found: Found, _ visit: Visit) -> Section {
        Section(
            "E-mail relays",
            note:
                "The first in the order that works takes the mails; the next one takes what it cannot.",
            [
                Table(
                    "E-mail relays",
                    [
                        .init("Relay", .grow), .init("Order", .number),
                        .init("Cap an hour", .number),
                        .init("State", .grow), .init("Options", .actions),
                    ],
                    rows: found.relays.map { relay, state in
                        let place = "\(path)/\(relay.id)"
                        return [
                            "\(link(relay.name, "\(place)/edit"))<span class=\"second\">\(relay.host):\(relay.port)</span>",
                            HTML(escaping: "\(relay.position)"), cap(state),
                            standing(state, isActive: relay.isActive, visit),
                            options(place, relay.name, state, visit),
                        ]
                    },
                    empty: Table.Empty(
                        "No relay of your own",
                        "Mails go to the relay that the configuration names, or else to the built-in outbox.",
                        link("Add a relay", "\(path)/new")
                    )
                )
            ]
        ).beside(LinkButton("Add a relay", "\(path)/new"))
    }

    private static func gateways(_ found: Found, _ visit: Visit) -> Section {
        Section(
            "SMS gateways",
            note: "The first one that is switched on takes the text messages.",
            [
                Table(
                    "SMS gateways",
                    [
                        .init("Gateway", .grow), .init("Kind"), .init("Cap an hour", .number),
                        .init("State", .grow), .init("Options", .actions),
                    ],
                    rows: found.gateways.map { account, state in
                        let place = "\(GatewayEditor.path)/\(account.id)"
                        return [
                            "\(link(account.name, "\(place)/edit"))<span class=\"second\">\(account.provider.url)</span>",
                            HTML(escaping: GatewayEditor.kind(account.provider.kind)), cap(state),
                            standing(state, isActive: account.isActive, visit),
                            options(place, account.name, state, visit),
                        ]
                    },
                    empty: Table.Empty(
                        "No gateway",
                        "Text messages go to the built-in outbox, where you can read them.",
                        link("Add a gateway", "\(GatewayEditor.path)/new")
                    )
                )
            ]
        ).beside(LinkButton("Add a gateway", "\(GatewayEditor.path)/new"))
    }

    private static func cap(_ state: ProviderState) -> HTML {
        HTML(escaping: state.cap.map { TimeText.count($0) } ?? "no limit")
    }

    /// How it stands, and why.
    private static func standing(
        _ state: ProviderState,
        isActive: Bool,
        _ visit: Visit
    ) -> HTML {
        guard isActive else { return Badge.status("off", "Switched off") }
        let reason = HTML(escaping: (state.reason ?? "").capitalisedFirst)
        if state.isPaused(at: visit.now) {
            let until: HTML =
                state.pausedUntil.map { "tried again at \(visit.view.time($0))" }
                ?? "until someone resumes it"
            return
                "\(Badge.status("held", "Paused"))<span class=\"second\">\(reason), \(until)</span>"
        }
        if state.isOnTrial(at: visit.now) {
            return
                "\(Badge.status("warning", "On trial"))<span class=\"second\">\(reason); one message tries it</span>"
        }
        guard state.failures > 0 else { return Badge.status("active") }
        return """
            \(Badge.status("active"))<span class="second">failures in a row: \
            \(state.failures)</span>
            """
    }

    private static func options(
        _ place: String,
        _ name: String,
        _ state: ProviderState,
        _ visit: Visit
    ) -> HTML {
        let change =
            state.pausedAt != nil
            ? Button("Resume", "\(place)/resume", "primary")
            : Button(
                "Pause",
                "\(place)/pause",
                asking: "Nothing goes to \(name) until someone resumes it. Sends wait, or go by "
                    + "another one; none is lost.",
                submit: "Pause it"
            )
        return
            "<a class=\"plain button\" href=\"\(place)/edit\">Edit<span class=\"unseen\"> \(name)</span></a>"
            + change.html(visit.view)
    }
}

extension Provider {
    /// A gateway of a workspace.
    static func gateway(_ id: SMSAccountID) -> Provider { Provider(.gateway, id.value) }
}

/// What relays and gateways have in common.
enum ProviderActions {
    /// Keeps everything from a provider.
    static func pause(
        _ provider: Provider,
        _ visit: Visit,
        _ check: @escaping @Sendable (Connection) throws -> Void
    ) async throws -> Reply {
        try await visit.write { transaction, context in
            try check(transaction)
            try ProviderGate(visit.workspace, provider)
                .pause(reason: "\(context.actor) paused it", in: transaction)
            try log("pause", provider, context, transaction)
        }
        return .redirect(ProvidersPage.path, notice: "It is paused.")
    }

    /// Lets a provider go on.
    static func resume(
        _ provider: Provider,
        _ visit: Visit,
        _ check: @escaping @Sendable (Connection) throws -> Void
    ) async throws -> Reply {
        try await visit.write { transaction, context in
            try check(transaction)
            try ProviderGate(visit.workspace, provider).resume(in: transaction)
            try log("resume", provider, context, transaction)
        }
        return .redirect(ProvidersPage.path, notice: "It goes on; what waited looks again.")
    }

    static func log(
        _ verb: String,
        _ provider: Provider,
        _ context: Context,
        _ transaction: Transaction
    ) throws {
        let name = provider.kind == .relay ? "relay" : "smsAccount"
        try AuditLog(context.workspace).record(
            "\(name).\(verb)",
            subject: "\(name) \(provider.number)",
            by: context,
            in: transaction
        )
    }

    /// The cap that a form gives; nil for no limit.
    ///
    /// - Throws: ``FormErrors`` beside the field.
    static func cap(_ form: Form) throws -> Int? {
        guard form.filled("cap") != nil else { return nil }
        return try number(form, "cap", 1...1_000_000_000)
    }

    static func number(_ form: Form, _ name: String, _ range: ClosedRange<Int>) throws -> Int {
        guard let number = Int(form.text(name)), range.contains(number) else {
            let words =
                "A whole number from \(TimeText.count(range.lowerBound)) to \(TimeText.count(range.upperBound))."
            throw FormErrors(fields: [name: words])
        }
        return number
    }

    static let capHint: HTML =
        "Of all sends and nodes together, in any 60 minutes; empty for no limit."

    /// What is wrong, beside the fields of a form.
    static func errors(_ refusal: Refusal, _ names: [String: String] = [:]) -> FormErrors {
        var fields: [String: String] = [:]
        for (name, words) in refusal.fields {
            fields[names[name] ?? name] = words.capitalisedFirst + "."
        }
        let sentence = fields.isEmpty ? refusal.sentence.capitalisedFirst + "." : nil
        return FormErrors(sentence, fields: fields)
    }
}
