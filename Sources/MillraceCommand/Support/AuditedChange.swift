// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import Millrace

extension Session {
    /// Changes something and writes it down in the audit log, in one transaction.
    ///
    /// - Parameters:
    ///   - action: A kind of thing and a verb, such as `campaign.activate`.
    ///   - subject: To what; a name or a number, never a value of a person.
    ///   - body: The change.
    /// - Returns: What the change returns.
    /// - Throws: What the change throws; then nothing was changed or written down.
    func change<Value: Sendable>(
        _ action: String,
        of subject: String,
        _ body: @escaping @Sendable (Transaction) throws -> Value
    ) async throws -> Value {
        try await installation.database.write { transaction in
            let value = try body(transaction)
            try AuditLog(workspace.id).record(
                action,
                subject: subject,
                by: context.at(transaction.moment),
                in: transaction
            )
            return value
        }
    }
}
