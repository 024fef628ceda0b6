// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Files

/// Where files come from and go to, each with a test of every step.
enum LocationsPages {
    static let path = "/console/settings/locations"

    static let routes: [Route] =
        [
            .get("settings/locations", .administer) { try await .page(list($0)) },
            .post("settings/locations/:id/delete", .administer) { visit, _ in
                try await delete(visit)
            },
        ] + LocationEditor.routes + LocationTestPage.routes

    private static func list(_ visit: Visit) async throws -> Page {
        let locations = try await visit.read {
            try visit.services.rooms.locations.list(visit.workspace, in: $0)
        }
        var page = Page(
            "Locations",
            .settings,
            lead:
                "Where files come from and go to: the transferbox, folders, SFTP and FTPS servers."
        )
        page.actions = [LinkButton("New location", "\(path)/new", "primary")]
        page.parts = [
            SettingsRoutes.tabs(path),
            Section(
                nil,
                [
                    Table(
                        "Locations",
                        [
                            .init("Location"), .init("Kind"), .init("Settings", .grow),
                            .init("Options", .actions),
                        ],
                        rows: locations.map { row($0, visit) },
                        empty: Table.Empty("No locations", "The transferbox is always there.")
                    )
                ]
            ),
        ]
        return page
    }

    /// `SFTP`, `FTPS` or `Folder`.
    static func kind(_ word: String) -> String {
        ["sftp", "ftps"].contains(word) ? word.uppercased() : word.capitalisedFirst
    }

    private static func row(_ record: LocationRecord, _ visit: Visit) -> [HTML] {
        var options = Button("Test", "\(path)/\(record.id)/test").html(visit.view)
        if record.id != .transferbox {
            options =
                options
                + "<a class=\"plain button\" href=\"\(path)/\(record.id)/edit\">Edit<span class=\"unseen\"> \(record.name)</span></a>"
                + Button(
                    "Delete",
                    "\(path)/\(record.id)/delete",
                    "danger",
                    asking:
                        "Imports and exports that use it fail from now on. The files there stay.",
                    submit: "Delete this location"
                ).html(visit.view)
        }
        return [
            HTML(escaping: record.name), HTML(escaping: kind(record.location.kind)),
            settings(record), options,
        ]
    }

    /// Where it is, in a line, and whether its server's key is known.
    private static func settings(_ record: LocationRecord) -> HTML {
        guard record.id != .transferbox else { return "built in" }
        let settings = record.location.settings
        guard let host = settings["host"] else { return HTML(escaping: settings["path"] ?? "") }
        let port = settings["port"].map { ":\($0)" } ?? ""
        let place = "\(settings["user"] ?? "")@\(host)\(port) \(settings["path"] ?? "")"
        guard record.location.kind == SFTPKind().name else { return HTML(escaping: place) }
        let isKnown = !(settings[SFTPKind.hostKeySetting] ?? "").isEmpty
        return """
            \(place)<span class="second">\(isKnown ? "the server's key is trusted" : "the server's key is not trusted yet: press Test")</span>
            """
    }

    private static func delete(_ visit: Visit) async throws -> Reply {
        let id = LocationID(try visit.id())
        try await visit.write { transaction, context in
            try visit.services.rooms.locations.delete(id, context: context, in: transaction)
            try log("location.delete", id, [:], context, transaction)
        }
        return .redirect(path, notice: "The location is deleted.")
    }

    static func log(
        _ action: String,
        _ id: LocationID,
        _ details: [String: String],
        _ context: Context,
        _ transaction: Transaction
    ) throws {
        try AuditLog(context.workspace).record(
            action,
            subject: "location \(id)",
            details: details,
            by: context,
            in: transaction
        )
    }
}
