// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// A row of a profile table: one person as the table knows them.
public struct Profile: Sendable, Hashable {
    /// Its id, unique in the workspace and never given again.
    public var id: ProfileID
    /// Its table.
    public var table: ProfileTable
    /// Its values in their own types; an attribute without a value is absent.
    public var values: [AttributeID: SQLValue]
    /// When it was made.
    public var createdAt: Instant
    /// When its attributes or subscriptions last changed; `createdAt` until they do.
    public var updatedAt: Instant
    /// The change that made it.
    public var createdStamp: Stamp
    /// The latest change of its attributes or subscriptions.
    public var updatedStamp: Stamp

    /// The value of an attribute; null when there is none.
    public func value(_ attribute: Attribute) -> SQLValue { values[attribute.id] ?? .null }

    /// The value of the attribute with a role; null when there is neither.
    public func value(_ role: AttributeRole) -> SQLValue {
        table.attribute(role).map(value) ?? .null
    }

    /// The value of an attribute by its technical name, display name or alias, ignoring case.
    ///
    /// - Throws: ``AudienceError/noSuchAttribute(_:table:)``.
    public func value(named name: String) throws -> SQLValue {
        guard let attribute = table.attribute(named: name) else {
            throw AudienceError.noSuchAttribute(name, table: table.name)
        }
        return value(attribute)
    }

    /// The value of an attribute as text, as ``ValueText`` writes it; nil when there is none.
    public func text(_ attribute: Attribute) -> String? {
        ValueText.text(value(attribute), of: attribute)
    }

    /// The value of the attribute with a role as text; nil when there is neither.
    public func text(_ role: AttributeRole) -> String? { table.attribute(role).flatMap(text) }

    /// The business key as text; nil when the profile has none.
    public var businessKey: String? { table.businessKey.flatMap(text) }

    /// Whether a permission is given; null does not count as given.
    public func isPermitted(_ role: AttributeRole) -> Bool { value(role) == .boolean(true) }
}

extension Profile {
    /// The columns that ``init(_:of:)`` reads, for a physical table with the alias `p`.
    public static func columns(of table: ProfileTable) -> String {
        let names =
            ["id"] + table.attributes.map(\.column)
            + ["created_at", "updated_at", "created_stamp", "updated_stamp"]
        return names.map { "p.\($0)" }.joined(separator: ", ")
    }

    /// Reads a row of ``columns(of:)``.
    ///
    /// - Throws: `DatabaseError` or `SQLConversionError` when the row has another shape.
    public init(_ row: Row, of table: ProfileTable) throws {
        var values: [AttributeID: SQLValue] = [:]
        for (position, attribute) in table.attributes.enumerated() {
            let value = attribute.typed(row.values[position + 1])
            if value != .null { values[attribute.id] = value }
        }
        self.init(
            id: try row.get("id"),
            table: table,
            values: values,
            createdAt: try row.get("created_at"),
            updatedAt: try row.get("updated_at"),
            createdStamp: try row.get("created_stamp"),
            updatedStamp: try row.get("updated_stamp")
        )
    }
}

extension Attribute {
    /// A stored value in the attribute's own type: SQLite keeps booleans, days and moments as
    /// integers.
    public func typed(_ stored: SQLValue) -> SQLValue {
        isMultiValued ? stored : Cell(stored).sql(type)
    }
}
