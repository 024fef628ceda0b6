// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// A table of people with its attributes.
public struct ProfileTable: Sendable, Hashable {
    /// Its workspace.
    public var workspace: WorkspaceID
    /// Its id.
    public var id: ProfileTableID
    /// Its technical name.
    public var name: String
    /// The name that people see.
    public var displayName: String
    /// The attribute declared as its key, which cannot change once set.
    public var businessKeyID: AttributeID?
    /// Its attributes in the order of their definition.
    public var attributes: [Attribute]

    /// The physical table: ids, never a name that a user typed.
    public var physicalName: String { "p\(workspace)_\(id)" }

    /// The physical table of recency moments, which live beside the profile and never stamp it.
    public var recencyName: String { physicalName + "_recency" }

    /// The attribute that is the business key.
    public var businessKey: Attribute? { attributes.first { $0.id == businessKeyID } }

    /// The attribute with a role.
    public func attribute(_ role: AttributeRole) -> Attribute? {
        attributes.first { $0.role == role }
    }

    /// The attribute with a technical name, display name or alias, ignoring case.
    public func attribute(named name: String) -> Attribute? {
        attributes.attribute(named: name)
    }

    var definition: TableDefinition {
        let technical: [ColumnDefinition] = [
            .moment("created_at"), .moment("updated_at"), .integer("created_stamp"),
            .integer("updated_stamp"),
        ]
        var definition = TableDefinition(
            physicalName,
            isScoped: false,
            columns: [.integer("id")] + attributes.map(\.columnDefinition) + technical,
            primaryKey: ["id"],
            indexes: indexes
        )
        definition.leavesRoom = true
        return definition
    }

    /// The indexes of the physical table, which a first import builds after the load.
    public var indexes: [IndexDefinition] {
        attributes.filter(\.isIndexed).map(index(of:))
            + ["created_stamp", "updated_stamp"].map { index($0, [$0, "id"], isUnique: false) }
    }

    func index(of attribute: Attribute) -> IndexDefinition {
        index(attribute.column, [attribute.column], isUnique: attribute.isUnique)
    }

    /// A feed that changes a column changes it in most rows.
    private func index(_ name: String, _ columns: [String], isUnique: Bool) -> IndexDefinition {
        var index = IndexDefinition("\(physicalName)_\(name)", columns, isUnique: isUnique)
        index.leavesRoom = true
        return index
    }

    var recencyDefinition: TableDefinition {
        let moments = RecencyMoment.allCases.map { ColumnDefinition.moment($0.column).orNull }
        return TableDefinition(
            recencyName,
            isScoped: false,
            columns: [.integer("id")] + moments,
            primaryKey: ["id"]
        )
    }
}

/// The moments of a profile's latest contacts; they never touch its update moment.
public enum RecencyMoment: String, CaseIterable, Sendable {
    /// The last e-mail that was sent.
    case lastEmailSentMoment
    /// The last opening of an e-mail.
    case lastEmailOpenMoment
    /// The last click in an e-mail.
    case lastEmailClickMoment
    /// The last SMS that was sent.
    case lastSmsSentMoment
    /// The last click in an SMS.
    case lastSmsClickMoment

    /// The column of the recency table.
    public var column: String {
        switch self {
        case .lastEmailSentMoment: "email_sent_at"
        case .lastEmailOpenMoment: "email_open_at"
        case .lastEmailClickMoment: "email_click_at"
        case .lastSmsSentMoment: "sms_sent_at"
        case .lastSmsClickMoment: "sms_click_at"
        }
    }
}
