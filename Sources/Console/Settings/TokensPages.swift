// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database

/// The tokens that programs call the API with.
enum TokensPages {
    static let path = "/console/settings/tokens"

    static let routes: [Route] = [
        .get("settings/tokens", .administer) { try await .page(list($0)) },
        .post("settings/tokens", .administer) { visit, form in try await create(visit, form) },
        .post("settings/tokens/:id/delete", .administer) { visit, _ in
            let id = TokenID(try visit.id())
            try await visit.write { transaction, context in
                try TokenStore(visit.workspace).delete(id, by: context, in: transaction)
            }
            return .redirect(path, notice: "The token stops working within seconds.")
        },
    ]

    private static func list(
        _ visit: Visit,
        _ form: Form = Form(),
        _ errors: FormErrors = .none
    ) async throws -> Page {
        let (tokens, users) = try await visit.read { connection in
            (
                try TokenStore(visit.workspace).all(in: connection),
                try UserStore(visit.workspace).all(in: connection)
            )
        }
        let names = Dictionary(
            users.map { ($0.id, $0.name) },
            uniquingKeysWith: { first, _ in first }
        )
        var page = Page("Tokens", .settings)
        page.parts = [
            SettingsRoutes.tabs(path),
            Section(
                nil,
                [
                    Table(
                        "Tokens",
                        [
                            .init("Token", .grow), .init("Acts as"), .init("May", .grow),
                            .init("Made", .moment),
                            .init("Ends", .moment), .init("Options", .actions),
                        ],
                        rows: tokens.map { token in
                            [
                                HTML(escaping: token.name), HTML(escaping: names[token.user] ?? ""),
                                HTML(
                                    escaping: token.scopes.map(\.rawValue).sorted().joined(
                                        separator: ", "
                                    )
                                ),
                                visit.view.time(token.createdAt), visit.view.time(token.expiresAt),
                                Button(
                                    "Delete",
                                    "\(path)/\(token.id)/delete",
                                    "danger",
                                    asking: "Programs that use it are refused within seconds.",
                                    submit: "Delete this token"
                                ).html(visit.view),
                            ]
                        },
                        empty: Table.Empty(
                            "No tokens yet",
                            "A program that calls the API needs one."
                        )
                    )
                ]
            ),
            FormPart(
                path,
                submit: "Make the token",
                FormPart.Group([
                    .text("name", "Name", form.text("name")),
                    .select(
                        "user",
                        "Acts as",
                        form.text("user"),
                        users.map { .init("\($0.id)", "\($0.name) (\($0.role.rawValue))") }
                    ),
                    .checks(
                        "scopes",
                        "May",
                        form.has("scopes")
                            ? form.set("scopes") : Set(Scope.standard.map(\.rawValue)),
                        Scope.allCases.map { .init($0.rawValue) }
                    ),
                ])
            ).showing(errors).card("New token"),
        ]
        return errors.isEmpty ? page : page.status(422)
    }

    private static func create(_ visit: Visit, _ form: Form) async throws -> Reply {
        do {
            let (token, text) = try await visit.write { transaction, context in
                try TokenStore(visit.workspace).create(
                    for: UserID(form.number("user") ?? 0),
                    name: form.text("name"),
                    scopes: Set(form.all("scopes").compactMap { Scope(rawValue: $0) }),
                    by: context,
                    in: transaction
                )
            }
            var page = Page(token.name, .settings, lead: "The new token")
            page.crumbs = [("Tokens", path)]
            page.parts = [
                Section(
                    "Keep it now",
                    note: "It is shown this once; only its digest is stored.",
                    [
                        "<code class=\"secret\">\(text.reveal())</code>" as HTML
                    ]
                ), LinkButton("Back to the tokens", path),
            ]
            return .page(page)
        } catch {
            guard let refusal = Refusal(error), [409, 422].contains(refusal.status) else {
                throw error
            }
            let fields = refusal.fields.mapValues { "It \($0)." }
            return .page(
                try await list(
                    visit,
                    form,
                    FormErrors(fields.isEmpty ? refusal.sentence : nil, fields: fields)
                )
            )
        }
    }
}
