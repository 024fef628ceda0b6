// SPDX-License-Identifier: Apache-2.0

/// Looks again and again until what another process does has come to something.
///
/// For effects that send no signal, such as a file that a peer writes.
///
/// - Parameters:
///   - look: What is looked at.
///   - holds: When it is enough.
/// - Returns: What was seen last.
/// - Throws: What looking throws, or ``NeverHeld`` after ten minutes.
public func until<Value>(
    _ look: () async throws -> Value,
    holds: (Value) throws -> Bool
) async throws -> Value {
    let end = ContinuousClock.now + .seconds(600)
    while true {
        let value = try await look()
        if try holds(value) { return value }
        guard ContinuousClock.now < end else { throw NeverHeld(last: "\(value)") }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// What was waited for did not come.
public struct NeverHeld: Error, CustomStringConvertible {
    /// What was seen last.
    public let last: String

    /// What was seen last, in words.
    public var description: String { "what was waited for did not come; last: \(last)" }
}
