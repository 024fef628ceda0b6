// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Lets few passwords be hashed at a time: each takes 32 MB and a thread for a tenth of a second, and
/// whoever has no account can ask for as many as they like.
final class PasswordGate: Sendable {
    static let places = 4
    static let refusal = "Too many people sign in at this moment. Try again in a second."

    private let taken = Mutex(0)

    /// Runs a closure when there is a place; nil when there is none.
    func pass<Value: Sendable>(
        _ body: () async throws -> Value
    ) async rethrows -> Value? {
        let isLet = taken.withLock { taken in
            guard taken < PasswordGate.places else { return false }
            taken += 1
            return true
        }
        guard isLet else { return nil }
        defer { taken.withLock { $0 -= 1 } }
        return try await body()
    }
}
