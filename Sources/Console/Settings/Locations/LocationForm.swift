// SPDX-License-Identifier: Apache-2.0
import Common
import Files

/// What the form of a location says, by its kind.
struct LocationForm: Sendable {
    static let kinds = ["folder", "sftp", "ftps"]

    let kind: String
    let form: Form

    init(_ form: Form, _ kind: String) {
        (self.form, self.kind) = (form, kind)
    }

    init(_ record: LocationRecord) {
        let settings = record.location.settings.map { Form.Item(name: $0.key, value: $0.value) }
        self.init(
            Form([Form.Item(name: "name", value: record.name)] + settings),
            record.location.kind
        )
    }

    /// The names of the settings that the form has.
    private var names: [String] {
        switch kind {
        case "sftp": ["host", "port", "user", "path"]
        case "ftps": ["host", "port", "user", "path", "mode", "tls", "authority"]
        default: ["path"]
        }
    }

    private var secretNames: [String] {
        switch kind {
        case "sftp": ["password", "privateKey", "passphrase"]
        case "ftps": ["password"]
        default: []
        }
    }

    /// The location; what the form does not show stays, but for the key of another server.
    func location(after present: Location?) -> Location {
        var settings = present?.settings ?? [:]
        for name in names { settings[name] = form.filled(name).map(LocationForm.plain) }
        if let present, ["host", "port"].contains(where: { present.settings[$0] != settings[$0] }) {
            settings[SFTPKind.hostKeySetting] = nil
        }
        return Location(kind: kind, settings: settings)
    }

    /// The secrets that were typed; those that were not stay as they are.
    var secrets: LocationSecrets {
        var values: [String: String] = [:]
        for name in secretNames where !form.raw(name).isEmpty {
            values[name] = LocationForm.plain(form.raw(name))
        }
        return LocationSecrets(values)
    }

    /// Browsers end the lines of a form as HTTP does; keys and certificates end theirs as files do.
    private static func plain(_ text: String) -> String { text.replacing("\r\n", with: "\n") }

    func groups(isNew: Bool) -> [FormPart.Group] {
        let name = Field.text("name", "Name", form.text("name"))
        switch kind {
        case "sftp":
            return [
                FormPart.Group("The server", [name] + server),
                FormPart.Group(
                    "How it knows you",
                    note: keepNote(isNew),
                    [password(isOptional: true)] + privateKey
                ),
            ]
        case "ftps":
            return [
                FormPart.Group("The server", [name] + server + tls),
                FormPart.Group(
                    "How it knows you",
                    note: keepNote(isNew),
                    [password(isOptional: !isNew)]
                ),
            ]
        default:
            let path = Field.text("path", "Folder on this machine", form.text("path"))
                .hinted("A whole path that the program can read and write.")
            return [FormPart.Group([name, path])]
        }
    }

    private func keepNote(_ isNew: Bool) -> HTML {
        isNew
            ? "Kept sealed, never shown."
            : "Kept sealed, never shown. Empty fields keep what is there, unless host, port or user change."
    }

    private var server: [Field] {
        [
            Field.text("host", "Host", form.text("host")).hinted("Such as sftp.example.org."),
            Field.text("port", "Port", form.text("port"), "number").optional.sized("narrow")
                .hinted(
                    kind == "sftp" ? "22 unless given." : "21 unless given; 990 with implicit TLS."
                ),
            Field.text("user", "User name", form.text("user")).sized("narrow").completing("off"),
            Field.text("path", "Folder there", form.text("path")).optional.sized("narrow")
                .hinted("Where the login begins when it is empty."),
        ]
    }

    private func password(isOptional: Bool) -> Field {
        let field = Field.text("password", "Password", nil, "password")
            .completing("new-password")
        return isOptional ? field.optional : field
    }

    private var privateKey: [Field] {
        var key = ContentForm.code("privateKey", "Private key", "", rows: 4)
        key.hint = "In place of a password; Ed25519 or ECDSA."
        return [
            Field.text("passphrase", "Passphrase of the key", nil, "password").optional
                .completing("new-password"),
            key,
        ]
    }

    private var tls: [Field] {
        var authority = ContentForm.code(
            "authority",
            "Certificates that vouch for it",
            form.raw("authority"),
            rows: 3
        )
        authority.hint = "In PEM; those of the system when it is empty."
        return [
            Field.select(
                "mode",
                "TLS begins",
                form.text("mode"),
                [
                    .init("explicit", "after a command (explicit)"),
                    .init("implicit", "with the first byte (implicit)"),
                ]
            ).sized("narrow"),
            Field.select(
                "tls",
                "Version of TLS",
                form.text("tls"),
                [.init("1.2"), .init("1.3", "1.3, a connection each step")]
            ).sized("narrow"), authority,
        ]
    }
}
