// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database

/// The table that an attribute is added to: of profiles, or a custom one.
///
/// Both draw their ids from one block, so that a table's id says which attributes are its own.
struct AttributeHome {
    let table: Int64
    let attributes: [Attribute]
    /// Lower-case names that no attribute can have.
    let reserved: Set<String>
    /// Whether its attributes can have roles, which tell what a column of people is for.
    let hasRoles: Bool
}

extension ProfileTable {
    var home: AttributeHome {
        AttributeHome(
            table: id.value,
            attributes: attributes,
            reserved: TechnicalColumn.foldedNames,
            hasRoles: true
        )
    }
}

/// The attributes of one workspace's tables.
struct AttributeStore {
    let workspace: WorkspaceID

    init(_ workspace: WorkspaceID) { self.workspace = workspace }

    func insert(
        _ new: NewAttribute,
        into home: AttributeHome,
        in transaction: Transaction
    ) throws -> Attribute {
        try TechnicalName.check(new.name, limit: 50)
        try check(new, home)
        try checkFree(new.name, of: home, in: transaction)
        let id: AttributeID = try transaction.nextID(.attribute, in: workspace)
        let attribute = Attribute(
            id: id,
            name: new.name,
            displayName: new.displayName ?? new.name,
            aliases: new.aliases,
            type: new.type,
            isMultiValued: new.isMultiValued,
            isMandatory: new.isMandatory,
            isUnique: new.isUnique,
            restriction: new.restriction,
            role: new.role
        )
        try transaction.execute(
            """
            INSERT INTO attribute (workspace_id, id, table_id, name, folded_name,
                display_name, aliases, type, is_multi_valued, is_mandatory, is_unique,
                restriction, role, position, is_hidden)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            """,
            [
                workspace, id, home.table, new.name, new.name.lowercased(),
                attribute.displayName, JSONColumn(new.aliases), new.type, new.isMultiValued,
                new.isMandatory, new.isUnique, JSONColumn(new.restriction), new.role,
                home.attributes.count, false,
            ]
        )
        return attribute
    }

    /// The table as it was read may be older than what others have added since.
    private func checkFree(
        _ name: String,
        of home: AttributeHome,
        in connection: Connection
    ) throws {
        let holder = try connection.row(
            """
            SELECT id FROM attribute
            WHERE workspace_id = $1 AND table_id = $2 AND folded_name = $3
            """,
            [workspace, home.table, name.lowercased()]
        )
        guard holder == nil else { throw AudienceError.nameTaken(name) }
    }

    func all(of table: Int64, in connection: Connection) throws -> [Attribute] {
        try connection.rows(
            """
            SELECT id, name, display_name, aliases, type, is_multi_valued, is_mandatory,
                is_unique, restriction, role, is_hidden
            FROM attribute WHERE workspace_id = $1 AND table_id = $2 ORDER BY position, id
            """,
            [workspace, table]
        ).filter { try !$0.get("is_hidden", as: Bool.self) }.map(attribute)
    }

    /// The columns of deleted attributes, which are there until maintenance drops them.
    func hiddenColumns(
        of table: Int64,
        in connection: Connection
    ) throws -> [ColumnDefinition] {
        try connection.rows(
            """
            SELECT id, name, display_name, aliases, type, is_multi_valued, is_mandatory,
                is_unique, restriction, role, is_hidden
            FROM attribute WHERE workspace_id = $1 AND table_id = $2 ORDER BY position, id
            """,
            [workspace, table]
        ).filter { try $0.get("is_hidden", as: Bool.self) }
            .map { try attribute($0).columnDefinition }
    }

    private func check(_ new: NewAttribute, _ home: AttributeHome) throws {
        if let role = new.role {
            guard home.hasRoles else {
                throw AudienceError.badName(new.name, rule: "only columns of profiles have roles")
            }
            guard !home.attributes.contains(where: { $0.role == role }) else {
                throw AudienceError.roleTaken(role)
            }
        }
        if new.isMultiValued, new.type != .string, new.type != .integer {
            throw AudienceError.notMultiValued(new.name)
        }
        let folded = new.name.lowercased()
        guard !home.reserved.contains(folded),
            !home.attributes.contains(where: { $0.name.lowercased() == folded })
        else {
            throw AudienceError.nameTaken(new.name)
        }
    }

    private func attribute(_ row: Row) throws -> Attribute {
        Attribute(
            id: try row.get("id"),
            name: try row.get("name"),
            displayName: try row.get("display_name"),
            aliases: try row.json("aliases"),
            type: try row.get("type"),
            isMultiValued: try row.get("is_multi_valued"),
            isMandatory: try row.get("is_mandatory"),
            isUnique: try row.get("is_unique"),
            restriction: try row.json("restriction"),
            role: try row.get("role")
        )
    }
}

/// The rule for technical names.
enum TechnicalName {
    /// Letters, digits and underscore, starting with a letter.
    static func check(_ name: String, limit: Int) throws {
        let rule = "a letter, then letters, digits or _, at most \(limit) in all"
        guard let first = name.utf8.first, isLetter(first), name.utf8.count <= limit,
            name.utf8.allSatisfy({ isLetter($0) || (48...57).contains($0) || $0 == 95 })
        else { throw AudienceError.badName(name, rule: rule) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (65...90).contains(byte) || (97...122).contains(byte)
    }
}

extension AttributeType {
    /// The words of the types, for messages.
    static var words: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
