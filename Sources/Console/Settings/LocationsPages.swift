// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Files

/// Where files come from and go to, each with a test of every step.
enum LocationsPages {
    static let path = "/console/settings/locations"

    static let routes: [Route] = [
        .get("settings/locations", .administer) { try await .page(list($0)) },
        .post("settings/locations", .administer) { visit, form in try await create(visit, form) },
        .post("settings/locations/:id/test", .administer) { visit, _ in try await .page(test(visit))
        },
        .post("settings/locations/:id/delete", .administer) { visit, _ in
            let id = LocationID(try visit.id())
            try await visit.write { transaction, context in
                try visit.services.rooms.locations.delete(id, context: context, in: transaction)
                try AuditLog(visit.workspace)
                    .record(
                        "location.delete",
                        subject: "location \(id)",
                        by: context,
                        in: transaction
                    )
            }
            return .redirect(path, notice: "The location is deleted.")
        },
    ]

    private static func list(
        _ visit: Visit,
        _ form: Form = Form(),
        _ errors: FormErrors = .none
    ) async throws -> Page {
        let locations = try await visit.read {
            try visit.services.rooms.locations.list(visit.workspace, in: $0)
        }
        var page = Page("Locations", .settings)
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
            FormPart(
                path,
                submit: "Make the location",
                FormPart.Group([
                    .text("name", "Name", form.text("name")),
                    Field.text("folder", "Folder on this machine", form.text("folder"))
                        .hinted("A whole path that the program can read and write."),
                ])
            ).showing(errors).card("New folder"),
        ]
        return errors.isEmpty ? page : page.status(422)
    }

    private static func row(_ record: LocationRecord, _ visit: Visit) -> [HTML] {
        let settings = record.location.settings.sorted { $0.key < $1.key }
            .map { "\($0.key): \($0.value)" }.joined(separator: ", ")
        var options = Button("Test", "\(path)/\(record.id)/test").html(visit.view)
        if record.id != .transferbox {
            options =
                options
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
            HTML(escaping: record.name), HTML(escaping: record.location.kind),
            HTML(escaping: record.id == .transferbox ? "built in" : settings), options,
        ]
    }

    private static func create(_ visit: Visit, _ form: Form) async throws -> Reply {
        do {
            try await visit.write { transaction, context in
                let made = try visit.services.rooms.locations.create(
                    form.text("name"),
                    .folder(path: form.text("folder")),
                    context: context,
                    in: transaction
                )
                try AuditLog(visit.workspace).record(
                    "location.create",
                    subject: "location \(made.id)",
                    details: ["name": made.name],
                    by: context,
                    in: transaction
                )
            }
            return .redirect(path, notice: "The location is made. Test it.")
        } catch {
            guard let refusal = Refusal(error), [409, 422].contains(refusal.status) else {
                throw error
            }
            let isName = refusal.status == 409
            let words = refusal.sentence.capitalisedFirst + "."
            let errors = FormErrors(fields: [isName ? "name" : "folder": words])
            return .page(try await list(visit, form, errors))
        }
    }

    private static func test(_ visit: Visit) async throws -> Page {
        let id = LocationID(try visit.id())
        let rooms = visit.services.rooms
        let record = try await visit.read { try rooms.locations.find(id, visit.workspace, in: $0) }
        let workspace = visit.workspace
        let steps = try await visit.database.blocking {
            let access = try rooms.locations.access(to: record, workspace: workspace)
            return LocationTest(access, spool: rooms.spool, token: SystemRandomness().token()).run()
        }
        let isGood = steps.allSatisfy { $0.isTried && $0.failure == nil }
        var page = Page("Test of \(record.name)", .settings)
        page.crumbs = [("Locations", path)]
        page.actions = [Button("Test again", "\(path)/\(id)/test", "primary")]
        page.parts = [
            Notice(
                isGood ? .good : .bad,
                isGood ? "Every step passed." : "A step failed; those behind it were not tried."
            ),
            Section(
                "Steps",
                [
                    Table(
                        "Steps",
                        [.init("Step"), .init("Result"), .init("Why", .grow)],
                        rows: steps.map { step in
                            [
                                HTML(escaping: step.name.capitalisedFirst),
                                !step.isTried
                                    ? Badge.status("off", "Not tried")
                                    : step.failure == nil
                                        ? Badge.status("yes", "Passed") : Badge.status("failed"),
                                HTML(escaping: step.failure ?? ""),
                            ]
                        },
                        empty: Table.Empty("No steps", "")
                    )
                ]
            ),
        ]
        return page
    }
}
