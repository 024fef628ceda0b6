// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Files

/// Making a location, and changing one.
enum LocationEditor {
    static let routes: [Route] = [
        .get("settings/locations/new", .administer) { visit in
            .page(page(visit, LocationForm(Form(), kind(visit)), nil))
        },
        .post("settings/locations/new", .administer) { visit, form in
            try await save(visit, LocationForm(form, kind(visit)), nil)
        },
        .get("settings/locations/:id/edit", .administer) { visit in
            let record = try await record(visit)
            return .page(page(visit, LocationForm(record), record))
        },
        .post("settings/locations/:id/edit", .administer) { visit, form in
            let record = try await record(visit)
            return try await save(visit, LocationForm(form, record.location.kind), record)
        },
    ]

    private static func kind(_ visit: Visit) -> String {
        let word = visit.query.text("kind")
        return LocationForm.kinds.contains(word) ? word : "sftp"
    }

    private static func record(_ visit: Visit) async throws -> LocationRecord {
        let id = LocationID(try visit.id())
        guard id != .transferbox else { throw PageError.notFound("location to change") }
        return try await visit.read { connection in
            do {
                return try visit.services.rooms.locations
                    .find(id, visit.workspace, in: connection)
            } catch FilesError.noSuchLocation {
                throw PageError.notFound("location")
            }
        }
    }

    private static func page(
        _ visit: Visit,
        _ form: LocationForm,
        _ record: LocationRecord?,
        _ errors: FormErrors = .none
    ) -> Page {
        var page = Page(record.map { "Edit \($0.name)" } ?? "New location", .settings)
        page.crumbs = [("Locations", LocationsPages.path)]
        let new = "\(LocationsPages.path)/new?kind="
        if record == nil {
            page.parts.append(
                Tabs(
                    "Kinds of location",
                    current: "\(new)\(form.kind)",
                    [
                        ("SFTP server", "\(new)sftp"), ("FTPS server", "\(new)ftps"),
                        ("Folder of this machine", "\(new)folder"),
                    ]
                )
            )
        }
        page.parts.append(
            Section(
                nil,
                note: form.kind == "sftp"
                    ? "The first test shows the fingerprint of the server's key. Nothing is sent before you have compared and trusted it."
                    : nil,
                [
                    FormPart(
                        record.map { "\(LocationsPages.path)/\($0.id)/edit" }
                            ?? "\(new)\(form.kind)",
                        submit: record == nil ? "Make the location" : "Save",
                        cancel: LocationsPages.path,
                        form.groups(isNew: record == nil)
                    ).showing(errors)
                ]
            )
        )
        return errors.isEmpty ? page : page.status(422)
    }

    private static func save(
        _ visit: Visit,
        _ form: LocationForm,
        _ record: LocationRecord?
    ) async throws -> Reply {
        do {
            let location = form.location(after: record?.location)
            let name = form.form.text("name")
            try await visit.write { transaction, context in
                let store = visit.services.rooms.locations
                var id = record?.id
                if let id {
                    try store.update(
                        id,
                        name: name,
                        location,
                        secrets: form.secrets,
                        context: context,
                        in: transaction
                    )
                } else {
                    id =
                        try store.create(
                            name,
                            location,
                            secrets: form.secrets,
                            context: context,
                            in: transaction
                        ).id
                }
                guard let id else { return }
                try LocationsPages.log(
                    record == nil ? "location.create" : "location.update",
                    id,
                    ["name": name, "kind": location.kind],
                    context,
                    transaction
                )
            }
            return .redirect(
                LocationsPages.path,
                notice: record == nil ? "The location is made. Test it." : "Saved. Test it."
            )
        } catch {
            guard let refusal = Refusal(error), [409, 422].contains(refusal.status) else {
                throw error
            }
            let words = refusal.sentence.capitalisedFirst + "."
            let errors =
                refusal.fields.isEmpty
                ? FormErrors(fields: ["name": words])
                : ProviderActions.errors(refusal, ["secrets": "password"])
            return .page(page(visit, form, record, errors))
        }
    }
}
