// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Crypto
import Database
import Foundation

/// Answers a POST that is repeated with its first answer, for 24 hours (`Idempotency-Key`).
///
/// The answer is kept in the transaction of the change, so either both are there or neither is.
struct Repeats {
    /// How long an answer is kept.
    static let keptFor = Span.hours(24)

    private let key: String?
    private let digest: [UInt8]
    private let call: Call

    init(_ request: APIRequest, _ call: Call) {
        key = request.repeatKey
        self.call = call
        var hash = SHA256()
        hash.update(data: Data((request.path.joined(separator: "/").lowercased() + "\n").utf8))
        hash.update(data: Data(request.body))
        digest = Array(hash.finalize())
    }

    /// Makes a change once.
    ///
    /// - Parameters:
    ///   - again: Writes the answer anew from the id, so that none with personal data is kept; the
    ///     first answer itself is kept without it.
    ///   - body: The change; returns the id of what it made or changed.
    /// - Returns: The answer, of the first time or of now.
    /// - Throws: ``Problem`` 422 when the key came with another request, 400 for a key that is
    ///   longer than 255 characters, or what the change throws.
    func once(
        again: (@Sendable (Int64, Change) throws -> Answer)? = nil,
        _ body: @escaping @Sendable (Change) throws -> (id: Int64, answer: Answer)
    ) async throws -> Answer {
        if let key, !(1...255).contains(key.utf8.count) {
            throw Problem(400, "Idempotency-Key must have 1 to 255 characters")
        }
        return try await call.services.database.write { [call] transaction in
            let change = Change(call: call, transaction: transaction)
            guard let key else { return try body(change).answer }
            if let first = try first(of: key, again, change) { return first }
            let made = try body(change)
            try keep(made.answer, of: made.id, key, isWhole: again == nil, in: transaction)
            return made.answer
        }
    }

    private func first(
        of key: String,
        _ again: (@Sendable (Int64, Change) throws -> Answer)?,
        _ change: Change
    ) throws -> Answer? {
        let transaction = change.transaction
        try transaction.execute(
            """
            DELETE FROM repeated_request WHERE workspace_id = $1 AND user_id = $2
                AND request_key = $3 AND created_at <= $4
            """,
            [call.workspace, call.caller.user.id, key, transaction.moment - Repeats.keptFor]
        )
        let row = try transaction.row(
            """
            SELECT digest, resource_id, status, answer FROM repeated_request
            WHERE workspace_id = $1 AND user_id = $2 AND request_key = $3
            """,
            [call.workspace, call.caller.user.id, key]
        )
        guard let row else { return nil }
        guard try row.get("digest", as: SQLValue.self) == .bytes(digest) else {
            throw Problem.unacceptable("Idempotency-Key", "was used with another request")
        }
        var answer: Answer
        if let again {
            answer = try again(try row.get("resource_id"), change)
        } else {
            guard case .bytes(let bytes) = try row.get("answer", as: SQLValue.self) else {
                return nil
            }
            answer = Answer(status: try row.get("status"), body: .bytes(bytes))
        }
        answer.headers.append(("Idempotent-Replayed", "true"))
        return answer
    }

    private func keep(
        _ answer: Answer,
        of id: Int64,
        _ key: String,
        isWhole: Bool,
        in transaction: Transaction
    ) throws {
        guard case .bytes(let bytes) = answer.body else { return }
        try transaction.execute(
            """
            INSERT INTO repeated_request (workspace_id, user_id, request_key, digest, resource_id,
                status, answer, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                call.workspace, call.caller.user.id, key, SQLValue.bytes(digest), id,
                answer.status, isWhole ? SQLValue.bytes(bytes) : .null, transaction.moment,
            ]
        )
    }
}
