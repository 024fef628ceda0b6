// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Messaging

/// What the form of a gateway says.
struct GatewayForm: Sendable {
    let kind: String
    let form: Form

    /// An empty form.
    init(_ kind: String) {
        self.init(
            Form([
                .init(name: "connections", value: "1"), .init(name: "method", value: "POST"),
                .init(name: "active", value: "yes"),
            ]),
            kind
        )
    }

    init(_ form: Form, _ kind: String) {
        (self.form, self.kind) = (form, kind)
    }

    init(_ account: SMSAccount, _ cap: Int?) {
        var items: [Form.Item] = [
            .init(name: "name", value: account.name),
            .init(name: "url", value: account.provider.url),
            .init(name: "connections", value: "\(account.connections)"),
            .init(name: "cap", value: cap.map(String.init) ?? ""),
            .init(name: "active", value: account.isActive ? "yes" : ""),
        ]
        switch account.provider {
        case .kannel(let settings):
            items.append(.init(name: "user", value: settings.user))
            items.append(.init(name: "route", value: settings.route ?? ""))
        case .http(let description):
            let headers = description.headers.sorted { $0.key < $1.key }
                .map { "\($0.key): \($0.value)" }.joined(separator: "\n")
            items += [
                .init(name: "method", value: description.method),
                .init(name: "headers", value: headers),
                .init(name: "body", value: description.body ?? ""),
                .init(name: "success", value: description.success ?? ""),
                .init(name: "permanentFailure", value: description.permanentFailure ?? ""),
            ]
        }
        self.init(Form(items), account.provider.kind)
    }

    /// The provider that it describes.
    ///
    /// - Throws: ``FormErrors`` beside the field.
    func provider() throws -> SMSProvider {
        if kind == "kannel" {
            return .kannel(
                KannelSettings(
                    url: form.text("url"),
                    user: form.text("user"),
                    route: form.filled("route")
                )
            )
        }
        return .http(
            HTTPProviderDescription(
                url: form.text("url"),
                method: form.filled("method") ?? "POST",
                headers: try headers(),
                body: form.filled("body"),
                success: form.filled("success"),
                permanentFailure: form.filled("permanentFailure")
            )
        )
    }

    func connectionCount() throws -> Int {
        try ProviderActions.number(form, "connections", 1...16)
    }

    private func headers() throws -> [String: String] {
        var headers: [String: String] = [:]
        for line in form.text("headers").split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else {
                throw FormErrors(fields: ["headers": "Each line is a name, a colon and a value."])
            }
            let value = String(parts[1].trimmingPrefix { $0 == " " })
            headers[String(parts[0])] = value
        }
        return headers
    }

    func groups(isNew: Bool) -> [FormPart.Group] {
        let own = kind == "kannel" ? kannel : http
        return [
            FormPart.Group(
                "The gateway",
                [Field.text("name", "Name", form.text("name"))] + own + [secret(isNew: isNew)]
            ), use(isNew: isNew),
        ]
    }

    private var kannel: [Field] {
        [
            Field.text("url", "Address of sendsms", form.text("url"), "url")
                .hinted("Such as https://sms.example.org/cgi-bin/sendsms."),
            Field.text("user", "Name of the sendsms-user", form.text("user")).completing("off"),
            Field.text("route", "smsc-id to send by", form.text("route")).optional
                .hinted("Empty for the one that Kannel chooses."),
        ]
    }

    private var http: [Field] {
        var body = ContentForm.code("body", "Body", form.raw("body"), rows: 4)
        body.hint =
            "Of a POST. It takes {{to}}, {{text}}, {{from}} and {{secret}}, as address and headers do."
        return [
            Field.text("url", "Address", form.text("url"), "url"),
            Field.select(
                "method",
                "Method",
                form.text("method"),
                [.init("POST"), .init("GET")]
            ).sized("narrow"),
            ContentForm.code("headers", "Headers, one a line", form.raw("headers"), rows: 3), body,
            Field.text("success", "Taken when the answer matches", form.text("success")).optional
                .hinted("An expression over STATUS BODY; any 2xx when empty."),
            Field.text(
                "permanentFailure",
                "Refused for good when it matches",
                form.text("permanentFailure")
            ).optional.hinted("Most of 4xx when empty."),
        ]
    }

    private func secret(isNew: Bool) -> Field {
        let field = Field.text(
            "secret",
            kind == "kannel" ? "Its password" : "Password or key",
            nil,
            "password"
        ).completing("new-password").optional
        return field.hinted(
            isNew
                ? "Kept sealed, never shown."
                : "Kept sealed, never shown. Empty to keep the present one; another address or user forgets it."
        )
    }

    private func use(isNew: Bool) -> FormPart.Group {
        var fields: [Field] = [
            Field.text("cap", "Messages an hour, at most", form.text("cap"), "number").optional
                .sized("narrow").hinted(ProviderActions.capHint),
            Field.text("connections", "Connections at once", form.text("connections"), "number")
                .sized("narrow").hinted("From 1 to 16."),
        ]
        if !isNew { fields.append(.check("active", "It is used", form.isOn("active"))) }
        return FormPart.Group("How it is used", fields)
    }
}
