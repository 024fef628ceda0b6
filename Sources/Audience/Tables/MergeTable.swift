// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// A physical table that rows are merged into: the profiles of a profile table, or the rows of a
/// custom table.
///
/// Both follow the same rules (spec/audience.md, "Loaded by file import and API like profiles"), so
/// one merge, one file pipeline and one ledger serve both.
public struct MergeTable: Sendable, Hashable {
    /// Its workspace.
    public var workspace: WorkspaceID
    /// The technical name that people know it by.
    public var name: String
    /// The physical table.
    public var physicalName: String
    /// The columns that can be filled: attributes, and for rows of a person the reference to it.
    public var attributes: [Attribute]
    /// The attribute that is the business key.
    public var businessKeyID: AttributeID?
    /// The indexes of the physical table.
    public var indexes: [IndexDefinition]
    /// The profile table, where the rows are people.
    public var people: ProfileTable?
    /// The profile table whose profiles the rows belong to, where they belong to some.
    public var owners: ProfileTable?

    /// The attribute that is the business key.
    public var businessKey: Attribute? {
        hasAutomaticKey ? .rowID : attributes.first { $0.id == businessKeyID }
    }

    /// Whether the business key is the row's own number, so that a row without one is a new row.
    public var hasAutomaticKey: Bool { businessKeyID == Attribute.rowID.id }

    /// The attribute with a technical name, display name or alias, ignoring case; then the columns
    /// that are no attributes: `id`, and the names by which rows refer to their profile.
    public func attribute(named name: String) -> Attribute? {
        if let attribute = attributes.attribute(named: name) { return attribute }
        let folded = name.lowercased()
        if hasAutomaticKey, folded == Attribute.rowID.name { return .rowID }
        guard let key = owners?.businessKey else { return nil }
        let names = ["profile", "profile-\(key.name.lowercased())", key.name.lowercased()]
        return names.contains(folded) ? .owner(by: key) : nil
    }

    /// What a row is called in messages.
    var noun: String { people == nil ? "row" : "profile" }

    /// The kind of the ids of its rows.
    var idKind: IDKind { people == nil ? .customRow : .profile }

    /// The tables of lines and of their rows' ids.
    public var ledger: ImportLedger.Relation { people == nil ? .customRows : .profiles }
}

extension MergeTable {
    /// Whether there is no row.
    public func isEmpty(in connection: Connection) throws -> Bool {
        try connection.row("SELECT id FROM \(physicalName) LIMIT 1") == nil
    }

    /// Drops the indexes that a first import builds afterwards: unique ones stay, for they guard.
    ///
    /// - Returns: The names of what was dropped.
    public func dropSecondaryIndexes(in transaction: Transaction) throws -> [String] {
        let stamps = indexes.suffix(2).map(\.name)
        let dropped = indexes.filter { !$0.isUnique && !stamps.contains($0.name) }
        try transaction.change(dropped.map { .dropIndex($0.name) })
        return dropped.map(\.name)
    }
}

extension ProfileTable {
    /// The table as rows are merged into it.
    public var rows: MergeTable {
        MergeTable(
            workspace: workspace,
            name: name,
            physicalName: physicalName,
            attributes: attributes,
            businessKeyID: businessKeyID,
            indexes: indexes,
            people: self,
            owners: nil
        )
    }
}

extension [Attribute] {
    /// The attribute with a technical name, display name or alias, ignoring case.
    func attribute(named name: String) -> Attribute? {
        let folded = name.lowercased()
        return first { $0.name.lowercased() == folded }
            ?? first { $0.aliases.contains { $0.lowercased() == folded } }
            ?? first { $0.displayName.lowercased() == folded }
    }
}

extension Attribute {
    /// The column with a row's own number.
    public static let rowID = Attribute(technical: -1, "id", column: "id", isMandatory: false)

    /// The column with the profile that a row belongs to, given by its number.
    public static let owner = Attribute(
        technical: -2,
        "profileId",
        column: "profile_id",
        isMandatory: true
    )

    /// The same column, given by the profile's business key.
    static func owner(by key: Attribute) -> Attribute {
        var attribute = owner
        attribute.name = key.name
        attribute.type = key.type
        attribute.role = key.role
        return attribute
    }

    /// Whether it is the reference to the profile that a row belongs to.
    public var isOwner: Bool { id == Attribute.owner.id }

    /// Whether it is the row's own number, which is never written.
    public var isRowID: Bool { id == Attribute.rowID.id }

    private init(technical id: Int64, _ name: String, column: String, isMandatory: Bool) {
        self.init(
            id: AttributeID(id),
            name: name,
            displayName: name,
            aliases: [],
            type: .integer,
            isMultiValued: false,
            isMandatory: isMandatory,
            isUnique: id == -1,
            restriction: Restriction(),
            role: nil,
            technicalColumn: column
        )
    }
}
