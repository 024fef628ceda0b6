// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Common
import Database

/// Making a profile, and changing one.
enum ProfileEditor {
    static let routes: [Route] = [
        .get("profiles/:table/new", .manage) { visit in
            try await .page(page(visit, Form(), isNew: true))
        },
        .post("profiles/:table/new") { visit, form in try await save(visit, form, isNew: true) },
        .get("profiles/:table/:id/edit", .manage) { visit in
            let profile = try await visit.read { try ProfilePage.profile(visit, $0) }
            let items = profile.table.attributes.map { attribute in
                Form.Item(name: "v-\(attribute.name)", value: profile.text(attribute) ?? "")
            }
            return try await .page(page(visit, Form(items), isNew: false))
        },
        .post("profiles/:table/:id/edit") { visit, form in
            try await save(visit, form, isNew: false)
        },
    ]

    private static func table(_ visit: Visit, _ connection: Connection) throws -> ProfileTable {
        try ProfileTableStore(visit.workspace)
            .table(named: visit.parameters["table"] ?? "", in: connection)
    }

    private static func page(
        _ visit: Visit,
        _ form: Form,
        isNew: Bool,
        _ errors: FormErrors = .none
    ) async throws -> Page {
        let table = try await visit.read { try ProfileEditor.table(visit, $0) }
        let place =
            isNew ? "\(ProfilesPage.path)/\(table.name)/new" : "\(ProfilePage.place(visit))/edit"
        var page = Page(
            isNew ? "New profile" : "Edit the profile",
            .profiles,
            lead: table.displayName
        )
        page.crumbs = [("User profiles", "\(ProfilesPage.path)?table=\(table.name)")]
        let fields = table.attributes.map { field($0, form, isNew: isNew) }
        page.parts = [
            Section(
                nil,
                [
                    FormPart(
                        place,
                        submit: isNew ? "Create the profile" : "Save",
                        cancel: isNew ? ProfilesPage.path : ProfilePage.place(visit),
                        FormPart.Group(fields)
                    ).showing(errors)
                ]
            )
        ]
        return errors.isEmpty ? page : page.status(422)
    }

    /// The field of an attribute, `v-` before its technical name.
    static func field(_ attribute: Attribute, _ form: Form, isNew: Bool) -> Field {
        let name = "v-\(attribute.name)"
        let value = form.raw(name)
        var field: Field
        switch attribute.type {
        case .boolean:
            field = .select(
                name,
                attribute.displayName,
                value,
                [
                    .init("", isNew ? "As usual" : "Empty"), .init("true", "Yes"),
                    .init("false", "No"),
                ]
            )
        case .date: field = .text(name, attribute.displayName, value, "date")
        case .text: field = .area(name, attribute.displayName, value, rows: 3)
        default: field = .text(name, attribute.displayName, value)
        }
        if !attribute.restriction.acceptedValues.isEmpty, !attribute.isMultiValued {
            field = .select(
                name,
                attribute.displayName,
                value,
                [.init("", "Empty")] + attribute.restriction.acceptedValues.map { .init($0) }
            )
        }
        field.isRequired = attribute.isMandatory || attribute.type == .boolean
        if attribute.isMultiValued { field.hint = "Several values are separated by commas." }
        return field
    }

    private static func save(_ visit: Visit, _ form: Form, isNew: Bool) async throws -> Reply {
        do {
            let action = isNew ? "profile.create" : "profile.update"
            let (_, place) = try await visit.change(
                action,
                of: { (made: (ProfileID, String)) in "profile \(made.0)" }
            ) {
                transaction,
                context -> (ProfileID, String) in
                let table = try ProfileEditor.table(visit, transaction)
                let code = try WorkspaceStore().workspace(visit.workspace, in: transaction)
                    .defaultCountryCode
                let store = ProfileStore(table, countryCode: code)
                var values: [String: String] = [:]
                for attribute in table.attributes {
                    let value = form.raw("v-\(attribute.name)")
                    if !isNew || !value.isEmpty { values[attribute.name] = value }
                }
                let collection = Collection(source: "console")
                if isNew {
                    let change = try store.create(
                        values: values,
                        collection: collection,
                        by: context,
                        in: transaction
                    )
                    let id = change.profile.id
                    return (id, "\(ProfilesPage.path)/\(table.name)/\(id)")
                }
                let profile = try ProfilePage.profile(visit, transaction)
                let changed = values.filter { name, value in
                    table.attribute(named: name).flatMap(profile.text) ?? "" != value
                }
                try store.update(
                    profile.id,
                    values: changed,
                    collection: collection,
                    by: context,
                    in: transaction
                )
                return (profile.id, ProfilePage.place(visit))
            }
            return .redirect(place, notice: isNew ? "The profile is made." : "Saved.")
        } catch {
            guard let refusal = Refusal(error), refusal.status == 422 || refusal.status == 409
            else {
                throw error
            }
            let fields = Dictionary(
                refusal.fields.map { ("v-\($0.key)", $0.value.capitalisedFirst + ".") },
                uniquingKeysWith: { first, _ in first }
            )
            let errors = FormErrors(
                fields.isEmpty ? refusal.sentence.capitalisedFirst + "." : nil,
                fields: fields
            )
            return .page(try await page(visit, form, isNew: isNew, errors))
        }
    }
}
