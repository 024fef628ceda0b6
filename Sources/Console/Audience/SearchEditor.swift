// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Campaigns
import Common
import Database

/// Making a search, and changing one.
extension SearchesPages {
    static func editor(
        _ visit: Visit,
        _ form: Form,
        _ search: Search?,
        _ errors: FormErrors = .none
    ) async throws -> Page {
        let tables = try await visit.read { try ProfileTableStore(visit.workspace).all(in: $0) }
        let attributes = Set(tables.flatMap(\.attributes).map(\.name)).sorted()
        var page = Page(search.map { "Edit \($0.name)" } ?? "New search", .searches)
        page.crumbs = [("Searches", path)]
        var head: [Field] = [.text("name", "Name", form.text("name"))]
        if search == nil {
            head.append(
                .select(
                    "table",
                    "Profile table",
                    form.text("table"),
                    tables.map { .init("\($0.id)", $0.displayName) }
                )
            )
        }
        var groups = [FormPart.Group(head)]
        if search == nil {
            groups.append(
                FormPart.Group(
                    "A simple condition",
                    [
                        Field.select(
                            "attribute",
                            "Attribute",
                            form.text("attribute"),
                            attributes.map { .init($0) }
                        ).sized("narrow"),
                        Field.select(
                            "operator",
                            "Is compared by",
                            form.text("operator"),
                            SearchOperator.allCases.map { .init($0.rawValue) }
                        ).sized("narrow"),
                        Field.text("operand", "Value", form.text("operand")).optional.sized(
                            "narrow"
                        ),
                    ]
                )
            )
        }
        var json = ContentForm.code("json", "Condition as JSON", form.raw("json"), rows: 8)
        json.hint = "In place of the simple one; docs/searches.md has the terms."
        groups.append(FormPart.Group("Any condition", [json]))
        page.parts = [
            Section(
                nil,
                [
                    FormPart(
                        search.map { "\(path)/\($0.id)/edit" } ?? "\(path)/new",
                        submit: "Save",
                        cancel: path,
                        groups
                    ).showing(errors)
                ]
            )
        ]
        return errors.isEmpty ? page : page.status(422)
    }

    /// The condition that a form says.
    private static func expression(_ form: Form) throws -> SearchExpression {
        if let json = form.filled("json") { return try SearchExpression(text: json) }
        let operand = form.text("operand")
        let value: JSONValue =
            Int64(operand).map { .integer($0) }
            ?? (["true", "false"].contains(operand)
                ? .boolean(operand == "true") : .string(operand))
        return SearchExpression(
            .object([
                "attribute": .string(form.text("attribute")), form.text("operator"): value,
            ])
        )
    }

    static func save(_ visit: Visit, _ form: Form, _ search: Search?) async throws -> Reply {
        do {
            let expression = try expression(form)
            let action = search == nil ? "search.create" : "search.update"
            let id = try await visit.change(action, of: { (id: SearchID) in "search \(id)" }) {
                transaction,
                context in
                let store = store(visit)
                if let search {
                    try store.update(
                        search.id,
                        name: form.text("name"),
                        expression,
                        by: context,
                        in: transaction
                    )
                    return search.id
                }
                let table = try ProfileTableStore(visit.workspace)
                    .table(ProfileTableID(form.number("table") ?? 0), in: transaction)
                return try store.create(
                    name: form.text("name"),
                    over: table,
                    expression,
                    by: context,
                    in: transaction
                ).id
            }
            return .redirect("\(path)/\(id)", notice: "Saved.")
        } catch {
            guard let refusal = Refusal(error), [409, 422].contains(refusal.status) else {
                throw error
            }
            let errors = FormErrors(refusal.sentence.capitalisedFirst + ".")
            return .page(try await editor(visit, form, search, errors))
        }
    }
}
