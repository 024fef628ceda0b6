// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// What an `attribute` node compares: an attribute or a technical column.
struct SearchColumn {
    let name: String
    /// The SQL expression over the profile with the alias `p`.
    let sql: String
    /// How values are read and compared; technical columns have an attribute made for them.
    let attribute: Attribute

    /// Finds the column with a name, technical columns first: no attribute can have their names.
    init?(named name: String, of table: ProfileTable) {
        if let technical = TechnicalColumn(named: name) {
            self.init(technical, of: table)
        } else if let attribute = table.attribute(named: name) {
            self.init(name: attribute.name, sql: "p.\(attribute.column)", attribute: attribute)
        } else {
            return nil
        }
    }

    /// Finds the column of a custom table's rows, which have the alias `c`.
    init?(named name: String, of table: CustomTable) {
        switch name.lowercased() {
        case "id": self.init(name: "id", sql: "c.id", type: .integer)
        case "creationmoment":
            self.init(name: "creationMoment", sql: "c.created_at", type: .moment)
        case "updatemoment": self.init(name: "updateMoment", sql: "c.updated_at", type: .moment)
        default:
            guard let attribute = table.attribute(named: name) else { return nil }
            self.init(name: attribute.name, sql: "c.\(attribute.column)", attribute: attribute)
        }
    }

    private init(name: String, sql: String, attribute: Attribute) {
        self.name = name
        self.sql = sql
        // What a search looks for need not be acceptable any more: only its type counts.
        var unrestricted = attribute
        unrestricted.restriction = Restriction(maxLength: .max)
        self.attribute = unrestricted
    }

    private init(_ technical: TechnicalColumn, of table: ProfileTable) {
        let sql =
            switch technical {
            case .profileID: "p.id"
            case .creationMoment: "p.created_at"
            case .updateMoment: "p.updated_at"
            case .recency(let moment):
                "(SELECT r.\(moment.column) FROM \(table.recencyName) r WHERE r.id = p.id)"
            }
        let type: AttributeType = technical == .profileID ? .integer : .moment
        self.init(name: technical.name, sql: sql, type: type)
    }

    private init(name: String, sql: String, type: AttributeType) {
        let attribute = Attribute(
            id: AttributeID(0),
            name: name,
            displayName: name,
            aliases: [],
            type: type,
            isMultiValued: false,
            isMandatory: false,
            isUnique: false,
            restriction: Restriction(),
            role: nil
        )
        self.init(name: name, sql: sql, attribute: attribute)
    }

    /// The value that a JSON value stands for, as it would be stored.
    ///
    /// - Throws: The words of what is wrong, as ``SearchValueError``.
    func value(_ json: JSONValue) throws -> SQLValue {
        switch (attribute.type, json) {
        case (_, .null): return .null
        case (.boolean, .boolean(let value)): return .boolean(value)
        case (.integer, .integer(let value)): return .integer(value)
        case (.number, .integer(let value)): return .double(Double(value))
        case (.number, .number(let value)): return .double(value)
        case (.string, .string(let text)), (.text, .string(let text)), (.date, .string(let text)),
            (.moment, .string(let text)):
            return try read(text)
        default: throw SearchValueError("expected \(attribute.type.words), found \(json.kind)")
        }
    }

    /// Reads text like a file's, so that it is compared in the form in which values are stored.
    private func read(_ text: String) throws -> SQLValue {
        var single = attribute
        single.isMultiValued = false
        do {
            let (cell, _) = try GivenValues.read(text, single, nil)
            guard let cell else { throw SearchValueError("no \(name) can have this value") }
            return cell.sql(attribute.type)
        } catch AudienceError.badValue(_, let problem) {
            throw SearchValueError(problem.message)
        }
    }
}

/// What is wrong with a value, before its place is known.
struct SearchValueError: Error {
    let words: String

    init(_ words: String) { self.words = words }
}

extension AttributeType {
    /// What a search gives for a value of this type.
    fileprivate var words: String {
        switch self {
        case .string, .text: "a text"
        case .integer: "a whole number"
        case .number: "a number"
        case .boolean: "true or false"
        case .date: "a day as YYYY-MM-DD"
        case .moment: "a moment in ISO 8601"
        }
    }
}
