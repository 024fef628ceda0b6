// SPDX-License-Identifier: Apache-2.0
internal import Database

extension AccountsSchema {
    /// Only hashes of passwords are here, beside the user so that no listing shows them.
    static let password = TableDefinition(
        "user_password",
        columns: [
            .integer("workspace_id"), .integer("user_id"), .text("hash"), .moment("changed_at"),
        ],
        primaryKey: ["workspace_id", "user_id"]
    )

    /// Of a cookie's secret only the digest is here.
    static let session = TableDefinition(
        "user_session",
        columns: [
            .integer("workspace_id"), .integer("id"), .integer("user_id"),
            ColumnDefinition("digest", .bytes), .moment("created_at"), .moment("seen_at"),
            .moment("expires_at"),
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [
            IndexDefinition("user_session_user", ["workspace_id", "user_id"]),
            IndexDefinition("user_session_expiry", ["workspace_id", "expires_at"]),
        ]
    )

    /// Links that set a password once.
    static let link = TableDefinition(
        "sign_in_link",
        columns: [
            .integer("workspace_id"), .integer("id"), .integer("user_id").orNull,
            ColumnDefinition("digest", .bytes), .moment("created_at"), .moment("expires_at"),
        ],
        primaryKey: ["workspace_id", "id"]
    )
}

extension IDKind {
    static let session = IDKind(rawValue: "user_session")
    static let signInLink = IDKind(rawValue: "sign_in_link")
}
