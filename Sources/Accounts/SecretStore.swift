// SPDX-License-Identifier: Apache-2.0
public import Common
import Crypto
public import Database
import Foundation

/// The sealed secrets of one workspace, such as the passwords of relays and locations.
///
/// Sealed with AES-256-GCM (NIST SP 800-38D), a fresh nonce each time; workspace and name are
/// authenticated, so that a sealed secret cannot be moved to another place in the database.
public struct SecretStore: Sendable {
    let workspace: WorkspaceID
    let key: SecretKey

    /// The secrets of a workspace.
    public init(_ workspace: WorkspaceID, key: SecretKey) {
        self.workspace = workspace
        self.key = key
    }

    /// Keeps a secret under a name, in place of the one before.
    ///
    /// - Throws: ``AccountsError/invalid(field:rule:)`` for a name that is none.
    public func set(
        _ name: String,
        to secret: Secret,
        by context: Context,
        in transaction: Transaction
    ) throws {
        let name = try FieldRules.name(name)
        try transaction.execute(
            """
            INSERT INTO secret (workspace_id, name, key_name, sealed, changed_at)
            SELECT $1, $2, $3, $4, $5 WHERE true
            ON CONFLICT (workspace_id, name) DO UPDATE
            SET key_name = excluded.key_name, sealed = excluded.sealed,
                changed_at = excluded.changed_at
            """,
            [workspace, name, key.name, try seal(secret, name), context.moment]
        )
        try log("secret.set", name, context, transaction)
    }

    /// The secret of a name, if there is one.
    ///
    /// - Throws: ``AccountsError/otherKey(secret:)`` or ``AccountsError/damaged(secret:)``.
    public func secret(_ name: String, in connection: Connection) throws -> Secret? {
        let row = try connection.row(
            "SELECT key_name, sealed FROM secret WHERE workspace_id = $1 AND name = $2",
            [workspace, name]
        )
        guard let row else { return nil }
        guard try row.get("key_name") == key.name else {
            throw AccountsError.otherKey(secret: name)
        }
        return try unseal(row.get("sealed"), name)
    }

    /// The names of all secrets, in byte order.
    public func names(in connection: Connection) throws -> [String] {
        try connection.rows(
            "SELECT name FROM secret WHERE workspace_id = $1 ORDER BY name",
            [workspace]
        ).map { try $0.get("name") }
    }

    /// Forgets a secret.
    ///
    /// - Returns: Whether there was one.
    @discardableResult
    public func remove(
        _ name: String,
        by context: Context,
        in transaction: Transaction
    ) throws
        -> Bool
    {
        let isGone = try transaction.guarded(
            "DELETE FROM secret WHERE workspace_id = $1 AND name = $2",
            [workspace, name]
        )
        if isGone { try log("secret.remove", name, context, transaction) }
        return isGone
    }

    private func seal(_ secret: Secret, _ name: String) throws -> [UInt8] {
        let box = try AES.GCM.seal(
            Data(secret.reveal().utf8),
            using: key.symmetric,
            authenticating: place(name)
        )
        guard let combined = box.combined else { throw AccountsError.damaged(secret: name) }
        return Array(combined)
    }

    private func unseal(_ bytes: [UInt8], _ name: String) throws -> Secret {
        do {
            let box = try AES.GCM.SealedBox(combined: Data(bytes))
            let text = try AES.GCM.open(box, using: key.symmetric, authenticating: place(name))
            return Secret(String(decoding: text, as: UTF8.self))
        } catch {
            throw AccountsError.damaged(secret: name)
        }
    }

    private func place(_ name: String) -> Data { Data("\(workspace)/\(name)".utf8) }

    private func log(
        _ action: String,
        _ name: String,
        _ context: Context,
        _ transaction: Transaction
    ) throws {
        try AuditLog(workspace).record(
            action,
            subject: "secret \(name)",
            by: context,
            in: transaction
        )
    }
}
