// SPDX-License-Identifier: Apache-2.0

/// Looks again and again until what another process does has come to something.
///
/// For effects that send no signal, such as a file that a peer writes; the test's time limit ends it.
///
/// - Parameters:
///   - look: What is looked at.
///   - holds: When it is enough.
/// - Returns: What was seen last.
/// - Throws: What looking throws, or `CancellationError`.
public func until<Value>(
    _ look: () async throws -> Value,
    holds: (Value) throws -> Bool
) async throws -> Value {
    while true {
        let value = try await look()
        if try holds(value) { return value }
        try Task.checkCancellation()
        try await Task.sleep(for: .milliseconds(10))
    }
}
