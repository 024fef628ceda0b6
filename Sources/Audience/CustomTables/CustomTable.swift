// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// What the rows of a custom table are (spec/audience.md, "Custom tables").
public enum CustomTableKind: String, CaseIterable, Sendable, Codable, SQLConvertible {
    /// Rows that belong to one profile each, such as its orders.
    case linkedData
    /// Rows that belong to one profile each and tell what happened with it, such as visits.
    case interaction
    /// Rows that belong to nobody, such as shops.
    case repository

    /// Whether each row belongs to one profile.
    public var hasOwner: Bool { self != .repository }
}

/// A table of rows with attributes of their own.
public struct CustomTable: Sendable, Hashable {
    /// Its workspace.
    public var workspace: WorkspaceID
    /// Its id, drawn from the same block as those of profile tables.
    public var id: CustomTableID
    /// Its technical name, unique in the workspace ignoring case.
    public var name: String
    /// The name that people see.
    public var displayName: String
    /// What its rows are.
    public var kind: CustomTableKind
    /// The profile table whose profiles the rows belong to; nil for a repository.
    public var owners: ProfileTable?
    /// The attribute that is its key; nil when the row's own number is.
    public var businessKeyID: AttributeID?
    /// Its attributes in the order of their definition.
    public var attributes: [Attribute]

    /// Whether the business key is the row's own number.
    public var hasAutomaticKey: Bool { businessKeyID == nil }

    /// The attribute that is the business key; nil when the row's own number is.
    public var businessKey: Attribute? { attributes.first { $0.id == businessKeyID } }

    /// The attribute with a technical name, display name or alias, ignoring case.
    public func attribute(named name: String) -> Attribute? { attributes.attribute(named: name) }

    /// The physical table: ids, never a name that a user typed.
    public var physicalName: String { "c\(workspace)_\(id)" }

    /// The table as rows are merged into it.
    public var rows: MergeTable {
        MergeTable(
            workspace: workspace,
            name: name,
            physicalName: physicalName,
            attributes: attributes + (kind.hasOwner ? [.owner] : []),
            businessKeyID: businessKeyID ?? Attribute.rowID.id,
            indexes: indexes,
            people: nil,
            owners: owners
        )
    }

    var definition: TableDefinition {
        let owner: [ColumnDefinition] = kind.hasOwner ? [.integer("profile_id")] : []
        let technical: [ColumnDefinition] = [
            .moment("created_at"), .moment("updated_at"), .integer("created_stamp"),
            .integer("updated_stamp"),
        ]
        var definition = TableDefinition(
            physicalName,
            isScoped: false,
            columns: [.integer("id")] + owner + attributes.map(\.columnDefinition) + technical,
            primaryKey: ["id"],
            indexes: indexes
        )
        definition.leavesRoom = true
        return definition
    }

    /// The indexes of the physical table; those of the stamps come last.
    public var indexes: [IndexDefinition] {
        attributes.filter(\.isIndexed).map(index(of:))
            + (kind.hasOwner ? [index("profile_id", ["profile_id", "id"])] : [])
            + ["created_stamp", "updated_stamp"].map { index($0, [$0, "id"]) }
    }

    func index(of attribute: Attribute) -> IndexDefinition {
        index(attribute.column, [attribute.column], isUnique: attribute.isUnique)
    }

    private func index(
        _ name: String,
        _ columns: [String],
        isUnique: Bool = false
    ) -> IndexDefinition {
        var index = IndexDefinition("\(physicalName)_\(name)", columns, isUnique: isUnique)
        index.leavesRoom = true
        return index
    }

    var home: AttributeHome {
        AttributeHome(
            table: id.value,
            attributes: attributes,
            reserved: CustomTable.reserved.union(
                owners?.businessKey.map { [$0.name.lowercased()] } ?? []
            ),
            hasRoles: false
        )
    }

    /// Names of columns that each table has, in lower case; no attribute can have them.
    private static let reserved: Set = [
        "id", "profile", "profileid", "creationmoment", "updatemoment",
    ]
}

extension CustomTable {
    /// A table that nobody has, such as for documents that show what one is like.
    public static var standard: CustomTable {
        CustomTable(
            workspace: WorkspaceID(0),
            id: CustomTableID(0),
            name: "orders",
            displayName: "Orders",
            kind: .linkedData,
            owners: .standard,
            businessKeyID: nil,
            attributes: []
        )
    }
}
