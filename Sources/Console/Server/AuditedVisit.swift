// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database

extension Visit {
    /// Changes something and writes it down in the audit log, in one transaction.
    ///
    /// - Parameters:
    ///   - action: A kind of thing and a verb, such as `campaign.activate`.
    ///   - subject: To what, by what the change returns; a name or a number, never a value of a person.
    ///   - body: The change.
    /// - Returns: What the change returns.
    /// - Throws: What the change throws; then nothing was changed or written down.
    @discardableResult
    func change<Value: Sendable>(
        _ action: String,
        of subject: @escaping @Sendable (Value) -> String,
        _ body: @escaping @Sendable (Transaction, Context) throws -> Value
    ) async throws -> Value {
        try await write { [workspace] transaction, context in
            let value = try body(transaction, context)
            try AuditLog(workspace)
                .record(action, subject: subject(value), by: context, in: transaction)
            return value
        }
    }

    /// Changes something that is known by its name or number before.
    @discardableResult
    func change<Value: Sendable>(
        _ action: String,
        of subject: String,
        _ body: @escaping @Sendable (Transaction, Context) throws -> Value
    ) async throws -> Value {
        try await change(action, of: { (_: Value) in subject }, body)
    }
}
