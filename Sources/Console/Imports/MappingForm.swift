// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Imports

/// What a column of a file can fill.
struct MappingOffer: Sendable {
    var table: ProfileTable
    var lists: [MailingList]

    static func read(
        _ table: String,
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws -> MappingOffer {
        let found = try ProfileTableStore(workspace).table(named: table, in: connection)
        return MappingOffer(
            table: found,
            lists: try ListStore(workspace).all(of: found.id, in: connection)
        )
    }

    var options: [Field.Option] {
        [Field.Option("", "Ignore this column")]
            + table.attributes.map { Field.Option("a:\($0.name)", $0.displayName) }
            + lists.map { Field.Option("l:\($0.name)", "Subscription to \($0.name)") }
    }

    /// The attributes that can tell people apart.
    var identifiers: [Field.Option] {
        table.attributes.filter {
            $0.isUnique || $0.role == .emailAddress || $0.role == .mobileNumber
                || $0.id == table.businessKeyID
        }
        .map { Field.Option($0.name, $0.displayName) }
    }
}

/// The columns of a file beside their sample values, and what each fills.
enum MappingForm {
    static func word(_ target: ColumnTarget) -> String {
        switch target {
        case .attribute(let name): "a:\(name)"
        case .list(let name): "l:\(name)"
        case .ignored: ""
        }
    }

    static func target(_ word: String) -> ColumnTarget {
        switch word.prefix(2) {
        case "a:": .attribute(String(word.dropFirst(2)))
        case "l:": .list(String(word.dropFirst(2)))
        default: .ignored
        }
    }

    /// The mapping that a form says.
    static func read(_ form: Form, header: [String]) -> [ColumnMapping] {
        header.enumerated().map { index, name in
            ColumnMapping(
                name,
                to: target(form.text("column-\(index)")),
                blank: BlankPolicy(rawValue: form.text("blank-\(index)")) ?? .leave,
                update: UpdatePolicy(rawValue: form.text("update-\(index)")) ?? .always,
                several: SeveralValuesPolicy(rawValue: form.text("several-\(index)")) ?? .replace
            )
        }
    }

    /// A row for each column.
    static func table(
        _ mapping: [ColumnMapping],
        sample: [[String]],
        offer: MappingOffer,
        view: View
    ) -> HTML {
        let rows = mapping.enumerated().map { index, column -> [HTML] in
            let values = sample.prefix(3).compactMap { index < $0.count ? $0[index] : nil }
                .filter { !$0.isEmpty }
            return [
                "<strong>\(column.header)</strong><span class=\"second\">\(values.joined(separator: " · "))</span>",
                choice(
                    "column-\(index)",
                    "\(column.header) fills",
                    word(column.target),
                    offer.options
                ),
                choice(
                    "update-\(index)",
                    "\(column.header) updates",
                    column.update.rawValue,
                    [
                        Field.Option("always", "Always"),
                        Field.Option("onlyIfEmpty", "Only if empty now"),
                        Field.Option("onlyOnCreation", "Only on creation"),
                    ]
                ),
                choice(
                    "blank-\(index)",
                    "A blank in \(column.header)",
                    column.blank.rawValue,
                    [
                        Field.Option("leave", "Leaves the value"),
                        Field.Option("clear", "Clears the value"),
                    ]
                ),
                choice(
                    "several-\(index)",
                    "Several values in \(column.header)",
                    column.several.rawValue,
                    [
                        Field.Option("replace", "Replace all"),
                        Field.Option("append", "Are added"),
                    ]
                ),
            ]
        }
        return Table(
            "Columns of the file",
            [
                .init("Column and first values", .grow), .init("Fills"), .init("Update"),
                .init("A blank"), .init("Several values"),
            ],
            rows: rows,
            empty: Table.Empty(
                "The header has no columns",
                "Look at the file and refresh the schema."
            )
        ).html(view)
    }

    private static func choice(
        _ name: String,
        _ label: String,
        _ value: String,
        _ options: [Field.Option]
    ) -> HTML {
        let rows = options.map { option in
            let mark: HTML = option.value == value ? " selected" : ""
            return "<option value=\"\(option.value)\"\(mark)>\(option.label)</option>" as HTML
        }
        return "<select name=\"\(name)\" aria-label=\"\(label)\">\(rows.joined())</select>"
    }
}
