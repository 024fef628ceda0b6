// SPDX-License-Identifier: Apache-2.0
public import Database

/// The tables of the Accounts room.
public enum AccountsSchema {
    /// The migrations, in order.
    public static let migrations = [
        Migration(
            id: "accounts-1",
            steps: [
                .createTable(workspace), .createTable(entity), .createTable(user),
                .createTable(userEntity), .createTable(auditEntry), .createTable(setting),
                .createTable(secret),
            ]
        ),
        Migration(id: "accounts-2", steps: [.createTable(token)]),
        Migration(
            id: "accounts-sign-in",
            steps: [.createTable(password), .createTable(session), .createTable(link)]
        ),
    ]

    /// The installation's workspaces: the one list that is read across workspaces.
    static let workspace = TableDefinition(
        "workspace",
        isScoped: false,
        columns: [
            .integer("workspace_id"), .text("name"), .text("technical_name"),
            .text("default_country_code").orNull, .moment("created_at"),
        ],
        primaryKey: ["workspace_id"],
        indexes: [IndexDefinition("workspace_technical_name", ["technical_name"], isUnique: true)]
    )

    static let entity = TableDefinition(
        "entity",
        columns: [
            .integer("workspace_id"), .integer("id"), .text("name"), .text("name_key"),
            .moment("created_at"),
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [IndexDefinition("entity_name", ["workspace_id", "name_key"], isUnique: true)]
    )

    /// Not called `user`, which is a word of PostgreSQL's own.
    static let user = TableDefinition(
        "workspace_user",
        columns: [
            .integer("workspace_id"), .integer("id"), .text("name"), .text("email"),
            .text("email_key"), .text("role"), .boolean("is_active"), .moment("created_at"),
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [
            IndexDefinition("workspace_user_email", ["workspace_id", "email_key"], isUnique: true)
        ]
    )

    static let userEntity = TableDefinition(
        "workspace_user_entity",
        columns: [.integer("workspace_id"), .integer("user_id"), .integer("entity_id")],
        primaryKey: ["workspace_id", "user_id", "entity_id"],
        isClustered: true,
        indexes: [
            IndexDefinition("workspace_user_entity_entity", ["workspace_id", "entity_id"])
        ]
    )

    /// Of a token's secret only the digest is here.
    static let token = TableDefinition(
        "access_token",
        columns: [
            .integer("workspace_id"), .integer("id"), .integer("user_id"), .text("name"),
            .text("scopes"), ColumnDefinition("digest", .bytes), .moment("created_at"),
            .moment("expires_at").orNull,
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [IndexDefinition("access_token_user", ["workspace_id", "user_id"])]
    )

    static let auditEntry = TableDefinition(
        "audit_entry",
        columns: [
            .integer("workspace_id"), .integer("id"), .moment("moment"), .text("actor"),
            .text("source"), .text("action"), .text("subject"), .text("details"),
        ],
        primaryKey: ["workspace_id", "id"],
        isClustered: true,
        indexes: [
            IndexDefinition("audit_entry_subject", ["workspace_id", "subject", "id"]),
            IndexDefinition("audit_entry_moment", ["workspace_id", "moment"]),
        ]
    )

    static let setting = TableDefinition(
        "setting",
        columns: [
            .integer("workspace_id"), .text("name"), .text("value"), .moment("changed_at"),
        ],
        primaryKey: ["workspace_id", "name"],
        isClustered: true
    )

    static let secret = TableDefinition(
        "secret",
        columns: [
            .integer("workspace_id"), .text("name"), .text("key_name"),
            ColumnDefinition("sealed", .bytes), .moment("changed_at"),
        ],
        primaryKey: ["workspace_id", "name"]
    )
}

extension IDKind {
    static let workspace = IDKind(rawValue: "workspace")
    static let entity = IDKind(rawValue: "entity")
    static let user = IDKind(rawValue: "user")
    static let token = IDKind(rawValue: "token")
    static let auditEntry = IDKind(rawValue: "audit_entry")
}
