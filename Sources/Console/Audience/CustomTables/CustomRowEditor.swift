// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Common
import Database

/// Making a row of a custom table, and changing one.
enum CustomRowEditor {
    static let routes: [Route] = [
        .get("tables/:name/rows/new", .manage) { visit in
            let table = try await visit.read { try CustomTablePage.table(visit, $0) }
            return .page(page(visit, table, nil, Form()))
        },
        .post("tables/:name/rows/new") { visit, form in
            let table = try await visit.read { try CustomTablePage.table(visit, $0) }
            return try await save(visit, form, table, nil)
        },
        .get("tables/:name/rows/:id/edit", .manage) { visit in
            let row = try await visit.read { try CustomRowPage.row(visit, $0) }
            return .page(page(visit, row.table, row, Form(items(row))))
        },
        .post("tables/:name/rows/:id/edit") { visit, form in
            let row = try await visit.read { try CustomRowPage.row(visit, $0) }
            return try await save(visit, form, row.table, row)
        },
    ]

    private static func items(_ row: CustomRow) -> [Form.Item] {
        row.table.attributes.map { attribute in
            Form.Item(name: "v-\(attribute.name)", value: row.text(attribute) ?? "")
        } + (row.profile.map { [Form.Item(name: "v-profileId", value: "\($0)")] } ?? [])
    }

    private static func page(
        _ visit: Visit,
        _ table: CustomTable,
        _ row: CustomRow?,
        _ form: Form,
        _ errors: FormErrors = .none
    ) -> Page {
        let rows = "\(CustomTablePage.place(table))/rows"
        let place = row.map { CustomRowPage.place($0) }
        var page = Page(row.map { "Edit \(CustomRowPage.name($0))" } ?? "New row", .tables)
        page.lead = table.displayName
        page.crumbs = [
            ("Tables", TablesPages.path), (table.displayName, CustomTablePage.place(table)),
            ("Rows", rows),
        ]
        let fields =
            owner(table, row, form)
            + table.attributes.map { ProfileEditor.field($0, form, isNew: row == nil) }
        page.parts = [
            Section(
                nil,
                [
                    FormPart(
                        place.map { "\($0)/edit" } ?? "\(rows)/new",
                        submit: row == nil ? "Create the row" : "Save",
                        cancel: place ?? rows,
                        FormPart.Group(fields)
                    ).showing(errors)
                ]
            )
        ]
        return errors.isEmpty ? page : page.status(422)
    }

    /// To whom the row belongs: by key for a new one, by number for one that is there.
    private static func owner(
        _ table: CustomTable,
        _ row: CustomRow?,
        _ form: Form
    ) -> [Field] {
        guard table.kind.hasOwner else { return [] }
        guard row == nil, let key = table.owners?.businessKey else {
            return [
                Field.text("v-profileId", "Number of the profile", form.text("v-profileId"))
                    .hinted("The profile that the row belongs to.")
            ]
        }
        return [
            Field.text(
                "v-\(key.name)",
                "\(key.displayName) of the profile",
                form.text("v-\(key.name)")
            ).hinted("The profile that the row belongs to.")
        ]
    }

    private static func save(
        _ visit: Visit,
        _ form: Form,
        _ table: CustomTable,
        _ row: CustomRow?
    ) async throws -> Reply {
        do {
            let action = row == nil ? "customRow.create" : "customRow.update"
            let made = try await visit.change(action, of: CustomRowPage.subject) {
                transaction,
                context in
                let code = try WorkspaceStore().workspace(visit.workspace, in: transaction)
                    .defaultCountryCode
                let store = CustomRowStore(table, countryCode: code)
                let values = values(form, table, row)
                let change =
                    try row.map {
                        try store.update($0.id, values: values, by: context, in: transaction)
                    } ?? store.create(values: values, by: context, in: transaction)
                return change.row
            }
            let place = CustomRowPage.place(made)
            return .redirect(place, notice: row == nil ? "The row is made." : "Saved.")
        } catch {
            guard let refusal = Refusal(error), [409, 422].contains(refusal.status) else {
                throw error
            }
            let errors = errors(refusal, table, isNew: row == nil)
            return .page(page(visit, table, row, form, errors))
        }
    }

    /// What was typed; of a row that is there only what is new.
    private static func values(
        _ form: Form,
        _ table: CustomTable,
        _ row: CustomRow?
    ) -> [String: String] {
        var values: [String: String] = [:]
        for item in form.items where item.name.hasPrefix("v-") {
            let name = String(item.name.dropFirst(2))
            let value = form.raw(item.name)
            guard let row else {
                if !value.isEmpty { values[name] = value }
                continue
            }
            let present =
                name == "profileId"
                ? row.profile.map { "\($0)" } : table.attribute(named: name).flatMap(row.text)
            if present ?? "" != value { values[name] = value }
        }
        return values
    }

    private static func errors(
        _ refusal: Refusal,
        _ table: CustomTable,
        isNew: Bool
    ) -> FormErrors {
        let owner = isNew ? table.owners?.businessKey?.name ?? "profileId" : "profileId"
        // What is missing is told of the table, and begins with the attribute's name.
        func missing(_ name: String, _ words: String) -> String {
            guard name == table.name else { return name }
            return table.attributes.first { words.hasPrefix("\($0.name) ") }?.name ?? name
        }
        var fields: [String: String] = [:]
        for (name, words) in refusal.fields {
            let own = ["subscriber_id", "profileId"].contains(name) ? owner : missing(name, words)
            fields["v-\(own)"] = words.capitalisedFirst + "."
        }
        let sentence = fields.isEmpty ? refusal.sentence.capitalisedFirst + "." : nil
        return FormErrors(sentence, fields: fields)
    }
}
