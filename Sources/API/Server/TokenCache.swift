// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Crypto
import Database
import Foundation
import Synchronization

/// Who shows a token, remembered for a few seconds, so that not every request asks the database.
///
/// A token that was deleted is refused after ``keptFor`` at the latest. Only digests are remembered.
final class TokenCache: Sendable {
    /// How long an answer of the database counts.
    static let keptFor = Span.seconds(5)
    private static let largest = 10_000

    private struct Entry {
        let caller: Caller
        let until: Instant
    }

    private let entries = Mutex<[SHA256Digest: Entry]>([:])

    /// Who shows a token; nil when it is none that works.
    func caller(showing text: String, _ database: Database) async throws -> Caller? {
        let now = database.time.now()
        let digest = SHA256.hash(data: Data(text.utf8))
        if let known = entries.withLock({ $0[digest] }), known.until > now { return known.caller }
        let caller = try await database.read { connection in
            try TokenStore.caller(showing: text, at: now, in: connection)
        }
        entries.withLock { entries in
            if entries.count >= TokenCache.largest { entries = [:] }
            entries[digest] = caller.map { Entry(caller: $0, until: now + TokenCache.keptFor) }
        }
        return caller
    }
}
