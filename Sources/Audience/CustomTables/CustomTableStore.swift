// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The custom tables of one workspace.
public struct CustomTableStore: Sendable {
    let workspace: WorkspaceID

    /// The tables of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// The tables as they can be listed.
    public static let listing = Listing(
        from: """
            custom_table t LEFT JOIN attribute k ON k.workspace_id = t.workspace_id \
            AND k.id = t.business_key LEFT JOIN profile_table o \
            ON o.workspace_id = t.workspace_id AND o.id = t.owner_table_id
            """,
        scope: "t.workspace_id",
        key: "t.id",
        columns: [
            ListingColumn("id", "t.id", .integer), ListingColumn("name", "t.name", .text),
            ListingColumn("display_name", "t.display_name", .text),
            ListingColumn("kind", "t.kind", .text),
            ListingColumn("profile_table", "o.name", .text).orNull,
            ListingColumn("business_key", "k.name", .text).orNull,
            ListingColumn("cdate", "t.created_at", .moment),
            ListingColumn("mdate", "t.updated_at", .moment).orNull,
        ],
        condition: "t.deleted_at IS NULL"
    )

    /// Makes a table with its attributes.
    ///
    /// - Parameters:
    ///   - name: The technical name; letters, digits, underscore, at most 64.
    ///   - displayName: The name that people see.
    ///   - kind: What its rows are.
    ///   - owners: The profile table that the rows' profiles are in; nil for a repository.
    ///   - attributes: Its attributes; the business key becomes unique and mandatory.
    ///   - businessKey: The attribute that is the key; nil when the row's own number is.
    ///   - context: Who asks.
    ///   - transaction: A transaction.
    /// - Returns: The table.
    /// - Throws: ``AudienceError`` when a name is not possible or taken, or the kind and the
    ///   profile table do not fit.
    @discardableResult
    public func create(
        name: String,
        displayName: String,
        kind: CustomTableKind,
        owners: ProfileTable?,
        attributes: [NewAttribute],
        businessKey: String?,
        by context: Context,
        in transaction: Transaction
    ) throws -> CustomTable {
        try TableNames.check(name, in: workspace, transaction)
        try check(displayName)
        guard kind.hasOwner == (owners != nil) else {
            throw AudienceError.badName(
                name,
                rule: kind.hasOwner
                    ? "rows of this kind belong to profiles of a table"
                    : "its rows belong to nobody"
            )
        }
        // From the block of profile tables: an attribute's table is one or the other.
        let id: CustomTableID = try transaction.nextID(.profileTable, in: workspace)
        var table = CustomTable(
            workspace: workspace,
            id: id,
            name: name,
            displayName: displayName,
            kind: kind,
            owners: owners,
            businessKeyID: nil,
            attributes: []
        )
        try insert(&table, attributes, businessKey, in: transaction)
        try transaction.execute(
            """
            INSERT INTO custom_table (workspace_id, id, name, folded_name, display_name, kind,
                owner_table_id, business_key, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            [
                workspace, id, name, name.lowercased(), displayName, kind, owners?.id,
                table.businessKeyID, context.moment,
            ]
        )
        try transaction.change([.createTable(table.definition)])
        return table
    }

    private func insert(
        _ table: inout CustomTable,
        _ attributes: [NewAttribute],
        _ businessKey: String?,
        in transaction: Transaction
    ) throws {
        for attribute in attributes {
            var new = attribute
            let isKey = new.name.lowercased() == businessKey?.lowercased()
            if isKey {
                new.isUnique = true
                new.isMandatory = true
            }
            let made = try AttributeStore(workspace)
                .insert(new, into: table.home, in: transaction)
            table.attributes.append(made)
            if isKey { table.businessKeyID = made.id }
        }
        guard let businessKey, table.businessKeyID == nil else { return }
        throw AudienceError.noSuchAttribute(businessKey, table: table.name)
    }

    /// Adds an attribute to a table.
    @discardableResult
    public func add(
        _ attribute: NewAttribute,
        to table: CustomTable,
        in transaction: Transaction
    ) throws -> Attribute {
        let added = try AttributeStore(workspace)
            .insert(attribute, into: table.home, in: transaction)
        try transaction.change([.addColumn(added.columnDefinition, to: table.physicalName)])
        if added.isIndexed {
            try transaction.change([.createIndex(table.index(of: added), on: table.physicalName)])
        }
        return added
    }

    /// Gives a table another display name; the technical name never changes.
    ///
    /// - Throws: ``AudienceError/noSuchCustomTable(_:)``.
    public func rename(
        _ id: CustomTableID,
        to displayName: String,
        by context: Context,
        in transaction: Transaction
    ) throws {
        try check(displayName)
        let isThere = try transaction.guarded(
            """
            UPDATE custom_table SET display_name = $3, updated_at = $4
            WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL
            """,
            [workspace, id, displayName, context.moment]
        )
        guard isThere else { throw AudienceError.noSuchCustomTable("number \(id)") }
    }

    /// Deletes a table that has no rows; its name is free then.
    ///
    /// Its rows are deleted before, which leaves a record of each for the exports; see
    /// `CustomTableClearingJob`. What it was stays readable for them: ``tableOrDeleted(_:in:)``.
    ///
    /// - Throws: ``AudienceError/noSuchCustomTable(_:)``; ``AudienceError/badName(_:rule:)`` while it
    ///   has rows.
    public func delete(_ id: CustomTableID, in transaction: Transaction) throws {
        let table = try table(id, in: transaction)
        guard try table.rows.isEmpty(in: transaction) else {
            throw AudienceError.badName(table.name, rule: "it has rows; clear it first")
        }
        try transaction.keepEmpty(table.physicalName)
        try transaction.execute(
            """
            UPDATE custom_table SET deleted_at = $3, folded_name = $4
            WHERE workspace_id = $1 AND id = $2
            """,
            [workspace, id, transaction.moment, "-\(id)"]
        )
        try transaction.change([.dropTable(table.physicalName)])
    }

    /// All tables, by name.
    public func all(in connection: Connection) throws -> [CustomTable] {
        try tables(
            "workspace_id = $1 AND deleted_at IS NULL ORDER BY folded_name",
            [workspace],
            in: connection
        )
    }

    /// The tables whose rows belong to the profiles of a table, by name.
    public func all(
        of owners: ProfileTableID,
        in connection: Connection
    ) throws -> [CustomTable] {
        try tables(
            """
            workspace_id = $1 AND owner_table_id = $2 AND deleted_at IS NULL ORDER BY folded_name
            """,
            [workspace, owners],
            in: connection
        )
    }

    /// A table by its technical name, ignoring case.
    ///
    /// - Throws: ``AudienceError/noSuchCustomTable(_:)``.
    public func table(named name: String, in connection: Connection) throws -> CustomTable {
        let found = try tables(
            "workspace_id = $1 AND folded_name = $2 AND deleted_at IS NULL",
            [workspace, name.lowercased()],
            in: connection
        )
        guard let table = found.first else { throw AudienceError.noSuchCustomTable(name) }
        return table
    }

    /// A table by its id.
    ///
    /// - Throws: ``AudienceError/noSuchCustomTable(_:)``.
    public func table(_ id: CustomTableID, in connection: Connection) throws -> CustomTable {
        try table(id, "deleted_at IS NULL", in: connection)
    }

    /// A table by its id, also one that was deleted: it has no rows any more, but may have records of
    /// deleted ones.
    ///
    /// - Throws: ``AudienceError/noSuchCustomTable(_:)``.
    public func tableOrDeleted(
        _ id: CustomTableID,
        in connection: Connection
    ) throws -> CustomTable {
        try table(id, "1 = 1", in: connection)
    }

    private func table(
        _ id: CustomTableID,
        _ condition: String,
        in connection: Connection
    ) throws -> CustomTable {
        let found = try tables(
            "workspace_id = $1 AND id = $2 AND \(condition)",
            [workspace, id],
            in: connection
        )
        guard let table = found.first else {
            throw AudienceError.noSuchCustomTable("number \(id)")
        }
        return table
    }

    private func tables(
        _ condition: String,
        _ values: [any SQLConvertible],
        in connection: Connection
    ) throws -> [CustomTable] {
        try connection.rows(
            """
            SELECT id, name, display_name, kind, owner_table_id, business_key
            FROM custom_table WHERE \(condition)
            """,
            values
        ).map { try table($0, in: connection) }
    }

    private func table(_ row: Row, in connection: Connection) throws -> CustomTable {
        let id: CustomTableID = try row.get("id")
        let owners: ProfileTableID? = try row.get("owner_table_id")
        return CustomTable(
            workspace: workspace,
            id: id,
            name: try row.get("name"),
            displayName: try row.get("display_name"),
            kind: try row.get("kind"),
            owners: try owners.map { try ProfileTableStore(workspace).table($0, in: connection) },
            businessKeyID: try row.get("business_key"),
            attributes: try AttributeStore(workspace).all(of: id.value, in: connection)
        )
    }

    private func check(_ displayName: String) throws {
        guard !displayName.trimmingBlanks.isEmpty, displayName.count <= 255,
            !displayName.utf8.contains(0)
        else { throw AudienceError.badName(displayName, rule: "1 to 255 characters") }
    }
}
