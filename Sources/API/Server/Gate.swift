// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database

/// Finds out who calls, and turns away who calls too often or shows nothing that works.
struct Gate: Sendable {
    private let database: Database
    private let tokens = TokenCache()
    private let calls: RateLimit<TokenID>
    /// Failed attempts of one address: two a second, twenty at once.
    private let failures = RateLimit<String>(perSecond: 2)

    init(_ database: Database, requestsPerSecond: Double) {
        self.database = database
        calls = RateLimit(perSecond: requestsPerSecond)
    }

    /// Who shows an `Authorization` header.
    ///
    /// - Throws: ``Problem`` 401, or 429 with `Retry-After`.
    func caller(_ header: String?, from address: String) async throws -> Caller {
        guard let header, let text = Gate.token(header) else {
            throw Gate.unauthorized("the request needs the header Authorization: Bearer TOKEN")
        }
        guard let caller = try await tokens.caller(showing: text, database) else {
            if let wait = failures.secondsToWait(address, at: database.time.now()) {
                throw Gate.tooMany(wait)
            }
            throw Gate.unauthorized("the token does not work")
        }
        if let wait = calls.secondsToWait(caller.token, at: database.time.now()) {
            throw Gate.tooMany(wait)
        }
        return caller
    }

    private static func token(_ header: String) -> String? {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }

    /// RFC 6750, section 3.
    private static func unauthorized(_ sentence: String) -> Problem {
        var problem = Problem(401, sentence)
        problem.headers["WWW-Authenticate"] = "Bearer realm=\"millrace\""
        return problem
    }

    private static func tooMany(_ seconds: Int) -> Problem {
        var problem = Problem(429, "too many requests; try again in \(seconds) s")
        problem.headers["Retry-After"] = String(seconds)
        return problem
    }
}
