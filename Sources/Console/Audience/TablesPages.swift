// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Common
import Database

/// The tables, with their attributes.
enum TablesPages {
    static let path = "/console/tables"

    static let routes: [Route] =
        [
            .get("tables") { try await .page(list($0)) },
            .get("tables/:name") { visit in
                try await .page(isCustom(visit) ? CustomTablePage.show(visit) : show(visit))
            },
            .post("tables/:name/attributes") { visit, form in try await add(visit, form) },
        ] + CustomTablePage.routes

    /// Whether the path names a custom table; both kinds share their names.
    private static func isCustom(_ visit: Visit) async throws -> Bool {
        let name = visit.parameters["name"] ?? ""
        return try await visit.read { connection in
            do {
                _ = try CustomTableStore(visit.workspace).table(named: name, in: connection)
                return true
            } catch AudienceError.noSuchCustomTable {
                return false
            }
        }
    }

    private static func list(_ visit: Visit) async throws -> Page {
        let (tables, custom) = try await visit.read { connection in
            (
                try ProfileTableStore(visit.workspace).all(in: connection),
                try CustomTableStore(visit.workspace).all(in: connection)
            )
        }
        var page = Page("Tables", .tables, lead: "What is known of people, attribute by attribute.")
        page.parts = [
            Section(
                "Profile tables",
                [
                    Table(
                        "Profile tables",
                        [
                            .init("Table", .grow), .init("Technical name"), .init("Business key"),
                            .init("Attributes", .number), .init("Options", .actions),
                        ],
                        rows: tables.map { table in
                            [
                                link(table.displayName, "\(path)/\(table.name)"),
                                "<code>\(table.name)</code>",
                                HTML(escaping: table.businessKey?.displayName ?? "none"),
                                HTML(escaping: "\(table.attributes.count)"),
                                "<a class=\"plain button\" href=\"\(ProfilesPage.path)?table=\(table.name)\">Profiles<span class=\"unseen\"> of \(table.displayName)</span></a>",
                            ]
                        },
                        empty: Table.Empty("No tables", "Every workspace has one when it is made.")
                    )
                ]
            ), CustomTablePage.list(custom),
        ]
        return page
    }

    private static func table(_ visit: Visit, _ connection: Connection) throws -> ProfileTable {
        try ProfileTableStore(visit.workspace)
            .table(named: visit.parameters["name"] ?? "", in: connection)
    }

    private static func show(
        _ visit: Visit,
        _ form: Form = Form(),
        _ errors: FormErrors = .none
    ) async throws -> Page {
        let table = try await visit.read { try TablesPages.table(visit, $0) }
        var page = Page(table.displayName, .tables, lead: "Technical name \(table.name)")
        page.crumbs = [("Tables", path)]
        page.actions = [LinkButton("Profiles", "\(ProfilesPage.path)?table=\(table.name)")]
        page.parts = [
            Section("Attributes", [attributes(table.attributes, key: table.businessKeyID)])
        ]
        if visit.may(.manage) {
            page.parts.append(newAttribute(table, form).showing(errors).card("New attribute"))
        }
        return errors.isEmpty ? page : page.status(422)
    }

    static func attributes(_ attributes: [Attribute], key: AttributeID?) -> Table {
        Table(
            "Attributes",
            [
                .init("Attribute", .grow), .init("Type"), .init("Role"), .init("Rules", .grow),
                .init("Aliases", .grow),
            ],
            rows: attributes.map { attribute in
                var rules: [String] = []
                if attribute.id == key { rules.append("business key") }
                if attribute.isUnique { rules.append("unique") }
                if attribute.isMandatory { rules.append("mandatory") }
                if attribute.isMultiValued { rules.append("several values") }
                if let most = attribute.restriction.maxLength {
                    rules.append("at most \(most) characters")
                }
                if !attribute.restriction.acceptedValues.isEmpty {
                    rules.append(
                        "one of \(attribute.restriction.acceptedValues.joined(separator: ", "))"
                    )
                }
                return [
                    "\(attribute.displayName)<span class=\"second\"><code>\(attribute.name)</code></span>",
                    HTML(escaping: attribute.type.rawValue),
                    HTML(escaping: attribute.role.map { words($0.rawValue) } ?? ""),
                    HTML(escaping: rules.joined(separator: ", ")),
                    HTML(escaping: attribute.aliases.joined(separator: ", ")),
                ]
            },
            empty: Table.Empty("No attributes", "Add the first one below.")
        )
    }

    /// `mobile number` for `mobileNumber`.
    private static func words(_ name: String) -> String {
        name.reduce(into: "") { $0 += $1.isUppercase ? " \($1.lowercased())" : String($1) }
    }

    private static func newAttribute(_ table: ProfileTable, _ form: Form) -> FormPart {
        FormPart(
            "\(path)/\(table.name)/attributes",
            submit: "Add the attribute",
            FormPart.Group([
                Field.text("name", "Technical name", form.text("name")).sized("narrow")
                    .hinted("Letters, digits and _; it never changes."),
                Field.text("displayName", "Display name", form.text("displayName")).sized("narrow"),
                Field.select(
                    "type",
                    "Type",
                    form.filled("type") ?? "string",
                    AttributeType.allCases.map { .init($0.rawValue, $0.rawValue.capitalisedFirst) }
                ).sized("narrow"),
                Field.text("aliases", "Aliases", form.text("aliases")).optional
                    .hinted("By commas; an import finds it by these names too."),
                Field.text("accepted", "Accepted values", form.text("accepted")).optional
                    .hinted("By commas; any when empty."),
                Field.check("unique", "No two profiles have the same", form.isOn("unique")),
                Field.check("several", "Has several values", form.isOn("several")),
            ])
        )
    }

    private static func add(_ visit: Visit, _ form: Form) async throws -> Reply {
        func list(_ name: String) -> [String] {
            form.text(name).split(separator: ",").map { $0.trimmingPrefix(" ").description }
        }
        let new = NewAttribute(
            form.text("name"),
            AttributeType(rawValue: form.text("type")) ?? .string,
            displayName: form.filled("displayName"),
            aliases: list("aliases"),
            isUnique: form.isOn("unique"),
            isMultiValued: form.isOn("several"),
            restriction: Restriction(acceptedValues: list("accepted"))
        )
        do {
            let name = try await visit.write { transaction, context in
                let table = try TablesPages.table(visit, transaction)
                try ProfileTableStore(visit.workspace).add(new, to: table, in: transaction)
                try AuditLog(visit.workspace).record(
                    "attribute.create",
                    subject: "table \(table.name)",
                    details: ["name": new.name],
                    by: context,
                    in: transaction
                )
                return table.name
            }
            return .redirect("\(path)/\(name)", notice: "The attribute is added.")
        } catch {
            guard let refusal = Refusal(error), [409, 422].contains(refusal.status) else {
                throw error
            }
            let errors = FormErrors(fields: ["name": refusal.sentence.capitalisedFirst + "."])
            return .page(try await show(visit, form, errors))
        }
    }
}
