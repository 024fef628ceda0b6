// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database

/// What is shown to who has not signed in.
struct SignInPages: Sendable {
    private let site: ConsoleSite
    private var database: Database { site.services.rooms.database }

    init(_ site: ConsoleSite) {
        self.site = site
    }

    /// The answer, when the path is one of these.
    func answer(_ request: SiteRequest, _ sending: Sending) async throws -> SiteAnswer? {
        switch (request.path.count, request.path.dropFirst().first) {
        case (2, "sign-in"):
            guard request.method == "POST" else { return form(request, sending) }
            return try await signIn(request, sending)
        case (3, "welcome"):
            let text = request.path[2]
            guard request.method == "POST" else { return try await welcome(text, sending) }
            return try await accept(text, request, sending)
        default: return nil
        }
    }

    private func form(_ request: SiteRequest, _ sending: Sending) -> SiteAnswer {
        let next = Form(encoded: request.query).text("next")
        return show(signInForm("", next), "Sign in", sending)
    }

    private func signInForm(_ email: String, _ next: String) -> FormPart {
        var form = FormPart(
            "/console/sign-in",
            submit: "Sign in",
            FormPart.Group([
                .text("email", "E-mail address", email, "email").completing("username"),
                .text("password", "Password", nil, "password").completing("current-password"),
            ])
        )
        form.hidden = [("next", next)]
        return form
    }

    private func signIn(_ request: SiteRequest, _ sending: Sending) async throws -> SiteAnswer {
        let sent = try await BodyReader.form(request)
        let (email, next) = (sent.text("email"), sent.text("next"))
        let keys = ["account \(email.lowercased())", "address \(request.address)"]
        if let wait = site.throttle.attempt(keys, at: database.time.now()) {
            let words = "Too many attempts. Try again in \(TimeText.span(.seconds(Int64(wait))))."
            return again(email, next, words, 429, sending)
        }
        let password = Secret(sent.raw("password"))
        let hashed: SignIn.Candidate?? = try await site.services.passwords.pass {
            try await user(email, password)
        }
        guard let checked = hashed else {
            site.throttle.takeBack(keys)
            return again(email, next, PasswordGate.refusal, 429, sending)
        }
        guard let found = checked else {
            return again(
                email,
                next,
                "The address or the password is wrong. Both are checked as you typed them.",
                422,
                sending
            )
        }
        site.throttle.forget(keys[0])
        site.throttle.takeBack([keys[1]])
        let cookie = try await start(found.user, in: found.workspace.id)
        return Sending.redirect(SignInPages.safe(next), cookies: [cookie])
    }

    private func again(
        _ email: String,
        _ next: String,
        _ words: String,
        _ status: Int,
        _ sending: Sending
    ) -> SiteAnswer {
        let form = signInForm(email, next).showing(FormErrors(words))
        return show(form, "Sign in", sending, status: status)
    }

    /// Whose address and password they are; as slow when they are nobody's.
    private func user(_ email: String, _ password: Secret) async throws -> SignIn.Candidate? {
        let candidates = try await database.read { connection in
            try SignIn.candidates(email, in: connection)
        }
        return try await database.blocking {
            guard !candidates.isEmpty else {
                SignIn.pretend(password)
                return nil
            }
            return candidates.first { $0.accepts(password) }
        }
    }

    /// Starts a session; returns its cookie.
    private func start(_ user: User, in workspace: WorkspaceID) async throws -> String {
        let text = try await database.write { transaction in
            try SessionStore(workspace).start(
                for: user.id,
                by: Context(
                    workspace: workspace,
                    actor: user.name,
                    source: .manualEdit,
                    moment: transaction.moment
                ),
                in: transaction
            )
        }
        return Cookies.set(
            Cookies.session,
            text.reveal(),
            seconds: Int(SessionStore.lifetime.inSeconds)
        )
    }

    /// A place of the console, whatever was given: no way to lead people elsewhere.
    static func safe(_ next: String) -> String {
        let isOurs = next.hasPrefix("/console/") && !next.contains("\\") && !next.contains("\n")
        return isOurs ? next : "/console/"
    }

    private func show(
        _ part: any Part,
        _ title: String,
        _ sending: Sending,
        lead: String? = nil,
        status: Int = 200
    ) -> SiteAnswer {
        let view = View(formToken: "", zone: .utc, now: database.time.now())
        let page = BarePage(title, lead: lead, [part])
        return Sending.html(
            page.html(view, theme: sending.theme, version: Assets.version),
            status: status
        )
    }
}

extension SignInPages {
    private func link(_ text: String) async throws -> SignInLink? {
        let now = database.time.now()
        return try await database.read { connection in
            try SignInLinkStore.link(showing: text, at: now, in: connection)
        }
    }

    private func welcome(_ text: String, _ sending: Sending) async throws -> SiteAnswer {
        guard let link = try await link(text) else { return dead(sending) }
        return show(passwordForm(link, text, Form()), title(link), sending, lead: lead(link))
    }

    private func dead(_ sending: Sending) -> SiteAnswer {
        show(
            "<p><a class=\"primary button\" href=\"/console/sign-in\">Go to sign-in</a></p>"
                as HTML,
            "This link has been used",
            sending,
            lead: "A link works once, for three days. Ask an administrator for another, or run "
                + "millrace user invite with the address.",
            status: 410
        )
    }

    private func title(_ link: SignInLink) -> String {
        link.user == nil ? "Welcome to Millrace" : "Choose your password"
    }

    private func lead(_ link: SignInLink) -> String {
        guard let user = link.user else {
            return "You are the first administrator. Choose how you will sign in from now on."
        }
        return "For \(user.name), \(user.email)."
    }

    private func passwordForm(_ link: SignInLink, _ text: String, _ sent: Form) -> FormPart {
        var fields: [Field] = []
        if link.user == nil {
            fields = [
                Field.text("name", "Your name", sent.text("name")).completing("name"),
                Field.text("email", "E-mail address", sent.text("email"), "email")
                    .completing("username"),
            ]
        }
        fields.append(
            Field.text("password", "Password", nil, "password").completing("new-password")
                .hinted("At least \(NewPassword.fewest) characters. A sentence is fine.")
        )
        return FormPart(
            "/console/welcome/\(text)",
            submit: "Set the password and sign in",
            FormPart.Group(fields)
        )
    }

    private func accept(
        _ text: String,
        _ request: SiteRequest,
        _ sending: Sending
    ) async throws -> SiteAnswer {
        let sent = try await BodyReader.form(request)
        guard let link = try await link(text) else { return dead(sending) }
        do {
            let secret = Secret(sent.raw("password"))
            let hashed = try await site.services.passwords.pass {
                try await database.blocking { try NewPassword(secret) }
            }
            guard let password = hashed else {
                let form = passwordForm(link, text, sent).showing(FormErrors(PasswordGate.refusal))
                return show(form, title(link), sending, lead: lead(link), status: 429)
            }
            guard let user = try await set(password, link, sent) else { return dead(sending) }
            let cookie = try await start(user, in: link.workspace)
            return Sending.redirect("/console/", notice: "You are signed in.", cookies: [cookie])
        } catch {
            guard let refusal = Refusal(error), refusal.status != 503 else { throw error }
            let errors = FormErrors(
                refusal.fields.isEmpty ? refusal.sentence : nil,
                fields: refusal.fields.mapValues { "This \($0)." }
            )
            return show(
                passwordForm(link, text, sent).showing(errors),
                title(link),
                sending,
                lead: lead(link),
                status: 422
            )
        }
    }

    /// Uses the link up and sets the password; nil when another use was faster.
    private func set(
        _ password: NewPassword,
        _ link: SignInLink,
        _ sent: Form
    ) async throws -> User? {
        try await database.write { transaction in
            guard try SignInLinkStore(link.workspace).use(link, in: transaction) else { return nil }
            let context = Context(
                workspace: link.workspace,
                actor: link.user?.name ?? sent.text("name"),
                source: .manualEdit,
                moment: transaction.moment
            )
            let user = try link.user ?? first(link, sent, context, transaction)
            try PasswordStore(link.workspace)
                .set(password, of: user.id, by: context, in: transaction)
            return user
        }
    }

    /// The first administrator: made, or the user with that address.
    private func first(
        _ link: SignInLink,
        _ sent: Form,
        _ context: Context,
        _ transaction: Transaction
    ) throws -> User {
        let users = UserStore(link.workspace)
        guard var known = try users.user(email: sent.text("email"), in: transaction) else {
            return try users.create(
                name: sent.text("name"),
                email: sent.text("email"),
                role: .administrator,
                by: context,
                in: transaction
            )
        }
        (known.role, known.isActive) = (.administrator, true)
        try users.update(known, by: context, in: transaction)
        return known
    }
}
