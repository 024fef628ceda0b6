// SPDX-License-Identifier: Apache-2.0

/// Named places between two numbered steps of a protocol (design/protocols.md) where a test can
/// stop the program.
///
/// In production nothing listens and a place costs one nil check.
public struct Failpoints: Sendable {
    private let reached: (@Sendable (String) throws -> Void)?

    /// No failpoints: every place is passed.
    public static let none = Failpoints(reached: nil)

    /// Calls a closure at every place; what it throws is thrown there.
    public init(_ reached: @escaping @Sendable (String) throws -> Void) {
        self.reached = reached
    }

    private init(reached: (@Sendable (String) throws -> Void)?) {
        self.reached = reached
    }

    /// Marks a place that was reached.
    public func pass(_ name: @autoclosure () -> String) throws {
        guard let reached else { return }
        try reached(name())
    }
}
