// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database

/// Who calls, and what there is to work with.
struct Call: Sendable {
    /// The user and the token.
    let caller: Caller
    /// The rooms.
    let services: APIServices
    /// Answers that may be given again.
    let pages: PageCache

    /// The workspace that everything happens in.
    var workspace: WorkspaceID { caller.workspace }

    /// Refuses what the caller's role or token does not allow.
    ///
    /// - Throws: ``Problem`` 403.
    func require(_ permission: Permission, _ scope: Scope) throws {
        guard caller.scopes.contains(scope) else {
            throw Problem(403, "the token has not the scope \(scope.rawValue)")
        }
        guard caller.user.role.allows(permission) else {
            throw Problem(403, "the role \(caller.user.role.rawValue) does not allow this")
        }
    }

    /// Writes down in the audit log what the call does in a transaction.
    func record(_ action: String, subject: String, in transaction: Transaction) throws {
        try AuditLog(workspace)
            .record(action, subject: subject, by: context(transaction), in: transaction)
    }

    /// The context of a change in a transaction.
    func context(_ transaction: Transaction) -> Context {
        Context(
            workspace: workspace,
            actor: caller.actor,
            source: .api,
            moment: transaction.moment
        )
    }
}

/// A call that changes something: it and everything that it does is one transaction.
///
/// The body may run again after a conflict, so it has no effect but on the transaction.
struct Change {
    let call: Call
    let transaction: Transaction
    /// What was looked for before.
    var prepared: (any Sendable)?

    var workspace: WorkspaceID { call.workspace }
    var services: APIServices { call.services }
    var context: Context { call.context(transaction) }

    /// Forgets a sealed secret.
    func forget(_ secret: String) throws {
        try services.secrets(workspace).remove(secret, by: context, in: transaction)
    }
}
