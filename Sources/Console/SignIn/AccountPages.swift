// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Foundation

/// What a person sets for themselves: password, display, zone; and signing out.
enum AccountPages {
    static let routes: [Route] = [
        .get("account") { visit in .page(show(visit)) },
        .post("account/password", .read) { visit, form in try await setPassword(visit, form) },
        .post("account/display", .read) { _, form in display(form) },
        .post("sign-out", .read) { visit, _ in try await signOut(visit) },
    ]

    private static func show(_ visit: Visit, errors: FormErrors = .none) -> Page {
        var page = Page("Account and display", .account, lead: visit.user.email)
        page.parts = [
            Columns(
                Section(
                    "Display",
                    note: "For this browser.",
                    [displayForm(visit)]
                ),
                Section(
                    "Password",
                    note: "Changing it signs you out everywhere else.",
                    [
                        FormPart(
                            "/console/account/password",
                            submit: "Change the password",
                            FormPart.Group([
                                .text("present", "Present password", nil, "password")
                                    .completing("current-password").sized("wide"),
                                .text("password", "New password", nil, "password")
                                    .completing("new-password").sized("wide")
                                    .hinted("At least \(NewPassword.fewest) characters."),
                            ])
                        ).showing(errors)
                    ]
                )
            )
        ]
        if !errors.isEmpty { page.status = 422 }
        return page
    }

    private static func displayForm(_ visit: Visit) -> FormPart {
        let cookies = Cookies.read(visit.request.headers["cookie"])
        let theme = cookies[Cookies.theme] ?? "auto"
        return FormPart(
            "/console/account/display",
            submit: "Save",
            FormPart.Group([
                .radio(
                    "theme",
                    "Colours",
                    theme,
                    [
                        .init("auto", "As the system"), .init("light", "Light"),
                        .init("dark", "Dark"),
                    ]
                ),
                Field.select(
                    "zone",
                    "Time zone of the times shown",
                    visit.zone.name,
                    ZoneOptions.all(with: visit.zone.name)
                ).sized("wide"),
            ])
        )
    }

    private static func display(_ form: Form) -> Reply {
        let zone = Zone(form.text("zone")) ?? .utc
        let year = 31_536_000
        return .redirect(
            "/console/account",
            notice: "Saved for this browser.",
            cookies: [
                Cookies.set(
                    Cookies.theme,
                    ["light", "dark"].contains(form.text("theme")) ? form.text("theme") : "auto",
                    seconds: year
                ), Cookies.set(Cookies.zone, Cookies.encode(zone.name), seconds: year),
            ]
        )
    }

    private static func setPassword(_ visit: Visit, _ form: Form) async throws -> Reply {
        let candidates = try await visit.read { connection in
            try SignIn.candidates(visit.user.email, in: connection)
        }
        let (present, wanted) = (Secret(form.raw("present")), Secret(form.raw("password")))
        do {
            let hashed: NewPassword?? = try await visit.services.passwords.pass {
                try await visit.database.blocking {
                    let isRight = candidates.contains {
                        $0.workspace.id == visit.workspace && $0.accepts(present)
                    }
                    return isRight ? try NewPassword(wanted) : nil
                }
            }
            guard let checked = hashed else {
                return .page(show(visit, errors: FormErrors(PasswordGate.refusal)).status(429))
            }
            guard let password = checked else {
                let words = "This is not your present password."
                return .page(show(visit, errors: FormErrors(fields: ["present": words])))
            }
            try await visit.write { transaction, context in
                try PasswordStore(visit.workspace)
                    .set(password, of: visit.user.id, by: context, in: transaction)
            }
            return .redirect("/console/sign-in", cookies: [Cookies.clear(Cookies.session)])
        } catch {
            guard let refusal = Refusal(error), let rule = refusal.fields["password"] else {
                throw error
            }
            return .page(show(visit, errors: FormErrors(fields: ["password": "It \(rule)."])))
        }
    }

    private static func signOut(_ visit: Visit) async throws -> Reply {
        try await visit.write { transaction, context in
            try SessionStore(visit.workspace).end(visit.session, by: context, in: transaction)
        }
        return .redirect("/console/sign-in", cookies: [Cookies.clear(Cookies.session)])
    }
}

/// The zones that a form offers.
enum ZoneOptions {
    static func all(with present: String) -> [Field.Option] {
        let names = Set(
            ["UTC", present] + TimeZone.knownTimeZoneIdentifiers.filter { $0.contains("/") }
        )
        return names.sorted().map { Field.Option($0, $0.replacing("_", with: " ")) }
    }
}
