// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// A row of a custom table.
public struct CustomRow: Sendable, Hashable {
    /// Its number, unique in the workspace and never given again.
    public var id: CustomRowID
    /// Its table.
    public var table: CustomTable
    /// The profile that it belongs to; nil in a repository.
    public var profile: ProfileID?
    /// Its values in their own types; an attribute without a value is absent.
    public var values: [AttributeID: SQLValue]
    /// When it was made.
    public var createdAt: Instant
    /// When it last changed; `createdAt` until it does.
    public var updatedAt: Instant
    /// The change that made it.
    public var createdStamp: Stamp
    /// Its latest change.
    public var updatedStamp: Stamp

    /// The value of an attribute as text, as ``ValueText`` writes it; nil when there is none.
    public func text(_ attribute: Attribute) -> String? {
        ValueText.text(values[attribute.id] ?? .null, of: attribute)
    }

    /// The business key as text: the number itself where that is the key.
    public var businessKey: String? {
        table.hasAutomaticKey ? id.description : table.businessKey.flatMap(text)
    }
}

extension CustomRow {
    /// The columns that ``init(_:of:)`` reads, for a physical table with the alias `c`.
    static func columns(of table: CustomTable) -> String {
        let owner = table.kind.hasOwner ? ["profile_id"] : []
        let names =
            ["id", "created_at", "updated_at", "created_stamp", "updated_stamp"] + owner
            + table.attributes.map(\.column)
        return names.map { "c.\($0)" }.joined(separator: ", ")
    }

    /// Reads a row of ``columns(of:)``.
    init(_ row: Row, of table: CustomTable) throws {
        let first = table.kind.hasOwner ? 6 : 5
        var values: [AttributeID: SQLValue] = [:]
        for (position, attribute) in table.attributes.enumerated() {
            let value = attribute.typed(row.values[first + position])
            if value != .null { values[attribute.id] = value }
        }
        self.init(
            id: try row.get("id"),
            table: table,
            profile: table.kind.hasOwner ? try row.get("profile_id") : nil,
            values: values,
            createdAt: try row.get("created_at"),
            updatedAt: try row.get("updated_at"),
            createdStamp: try row.get("created_stamp"),
            updatedStamp: try row.get("updated_stamp")
        )
    }
}

/// What a change of one row did.
public struct CustomRowChange: Sendable, Hashable {
    /// The row as it is now.
    public var row: CustomRow
    /// Whether it was made, updated or left as it was.
    public var outcome: RowOutcome
}
