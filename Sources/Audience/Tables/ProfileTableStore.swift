// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The profile tables of one workspace.
public struct ProfileTableStore: Sendable {
    let workspace: WorkspaceID

    /// The tables of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Makes a table with its attributes and, if named, its business key.
    ///
    /// - Throws: ``AudienceError`` when a name is not possible or taken.
    @discardableResult
    public func create(
        name: String,
        displayName: String,
        attributes: [NewAttribute],
        businessKey: String?,
        by context: Context,
        in transaction: Transaction
    ) throws -> ProfileTable {
        try TableNames.check(name, in: workspace, transaction)
        let id: ProfileTableID = try transaction.nextID(.profileTable, in: workspace)
        try transaction.execute(
            """
            INSERT INTO profile_table
                (workspace_id, id, name, folded_name, display_name, created_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            [workspace, id, name, name.lowercased(), displayName, context.moment]
        )
        var table = ProfileTable(
            workspace: workspace,
            id: id,
            name: name,
            displayName: displayName,
            businessKeyID: nil,
            attributes: []
        )
        for attribute in attributes {
            table.attributes.append(
                try AttributeStore(workspace).insert(attribute, into: table.home, in: transaction)
            )
        }
        if let businessKey {
            table.businessKeyID = try setBusinessKey(businessKey, of: table, in: transaction)
        }
        try transaction.change([
            .createTable(table.definition), .createTable(table.recencyDefinition),
        ])
        return table
    }

    /// Makes the table that a new workspace has (spec/audience.md).
    @discardableResult
    public func createDefault(
        by context: Context,
        in transaction: Transaction
    ) throws
        -> ProfileTable
    {
        try create(
            name: "profiles",
            displayName: "Profiles",
            attributes: DefaultTable.attributes,
            businessKey: "userId",
            by: context,
            in: transaction
        )
    }

    /// Adds an attribute to a table.
    @discardableResult
    public func add(
        _ attribute: NewAttribute,
        to table: ProfileTable,
        in transaction: Transaction
    ) throws -> Attribute {
        let added = try AttributeStore(workspace).insert(
            attribute,
            into: table.home,
            in: transaction
        )
        try transaction.change([.addColumn(added.columnDefinition, to: table.physicalName)])
        if added.isIndexed {
            try transaction.change([.createIndex(table.index(of: added), on: table.physicalName)])
        }
        return added
    }

    /// All tables, by name.
    public func all(in connection: Connection) throws -> [ProfileTable] {
        try connection.rows(
            """
            SELECT id, name, display_name, business_key FROM profile_table
            WHERE workspace_id = $1 ORDER BY folded_name
            """,
            [workspace]
        ).map { try table($0, in: connection) }
    }

    /// A table by its technical name, ignoring case.
    ///
    /// - Throws: ``AudienceError/noSuchTable(_:)``.
    public func table(named name: String, in connection: Connection) throws -> ProfileTable {
        let row = try connection.row(
            """
            SELECT id, name, display_name, business_key FROM profile_table
            WHERE workspace_id = $1 AND folded_name = $2
            """,
            [workspace, name.lowercased()]
        )
        guard let row else { throw AudienceError.noSuchTable(name) }
        return try table(row, in: connection)
    }

    /// A table by its id.
    ///
    /// - Throws: ``AudienceError/noSuchTable(_:)``.
    public func table(_ id: ProfileTableID, in connection: Connection) throws -> ProfileTable {
        let row = try connection.row(
            """
            SELECT id, name, display_name, business_key FROM profile_table
            WHERE workspace_id = $1 AND id = $2
            """,
            [workspace, id]
        )
        guard let row else { throw AudienceError.noSuchTable("number \(id)") }
        return try table(row, in: connection)
    }

    /// The tables as they can be listed.
    public static let listing = Listing(
        from: """
            profile_table t LEFT JOIN attribute k \
            ON k.workspace_id = t.workspace_id AND k.id = t.business_key
            """,
        scope: "t.workspace_id",
        key: "t.id",
        columns: [
            ListingColumn("id", "t.id", .integer), ListingColumn("name", "t.name", .text),
            ListingColumn("display_name", "t.display_name", .text),
            ListingColumn("business_key", "k.name", .text).orNull,
            ListingColumn("cdate", "t.created_at", .moment),
        ]
    )

    /// The attributes of all tables as they can be listed.
    public static let attributeListing = Listing(
        from: """
            attribute a LEFT JOIN profile_table t \
            ON t.workspace_id = a.workspace_id AND t.id = a.table_id LEFT JOIN custom_table c \
            ON c.workspace_id = a.workspace_id AND c.id = a.table_id
            """,
        scope: "a.workspace_id",
        key: "a.id",
        columns: [
            ListingColumn("id", "a.id", .integer),
            ListingColumn("profile_table", "t.name", .text).orNull,
            ListingColumn("custom_table", "c.name", .text).orNull,
            ListingColumn("name", "a.name", .text),
            ListingColumn("display_name", "a.display_name", .text),
            ListingColumn("type", "a.type", .text),
            ListingColumn("multi_valued", "a.is_multi_valued", .boolean),
            ListingColumn("mandatory", "a.is_mandatory", .boolean),
            ListingColumn("unique", "a.is_unique", .boolean),
            ListingColumn("role", "a.role", .text).orNull,
        ],
        condition: "NOT a.is_hidden"
    )

    private func table(_ row: Row, in connection: Connection) throws -> ProfileTable {
        let id: ProfileTableID = try row.get("id")
        return ProfileTable(
            workspace: workspace,
            id: id,
            name: try row.get("name"),
            displayName: try row.get("display_name"),
            businessKeyID: try row.get("business_key"),
            attributes: try AttributeStore(workspace).all(of: id.value, in: connection)
        )
    }

    private func setBusinessKey(
        _ name: String,
        of table: ProfileTable,
        in transaction: Transaction
    ) throws -> AttributeID {
        guard table.businessKeyID == nil else { throw AudienceError.businessKeyIsSet }
        guard let key = table.attribute(named: name) else {
            throw AudienceError.noSuchAttribute(name, table: table.name)
        }
        guard key.isUnique else {
            throw AudienceError.badName(name, rule: "a business key must be unique")
        }
        try transaction.execute(
            "UPDATE profile_table SET business_key = $3 WHERE workspace_id = $1 AND id = $2",
            [workspace, table.id, key.id]
        )
        return key.id
    }
}
