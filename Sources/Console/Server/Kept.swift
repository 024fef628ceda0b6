// SPDX-License-Identifier: Apache-2.0
import Common

/// Values that take long to find out, kept for a while; who asks while one is being found out waits
/// for it instead of finding it out again.
actor Kept<Key: Hashable & Sendable, Value: Sendable> {
    private static var most: Int { 1_000 }

    private let span: Span
    private var known: [Key: (value: Value, at: Instant)] = [:]
    private var sought: [Key: Task<Value, any Error>] = [:]

    /// Keeps values for so long.
    init(for span: Span) {
        self.span = span
    }

    /// The value of a key: the kept one, or what is found out now.
    func value(
        of key: Key,
        at now: Instant,
        _ find: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        if let found = known[key], now - found.at < span { return found.value }
        if let task = sought[key] { return try await task.value }
        let task = Task { try await find() }
        sought[key] = task
        defer { sought[key] = nil }
        let value = try await task.value
        if known.count >= Self.most { known = [:] }
        known[key] = (value, now)
        return value
    }
}
