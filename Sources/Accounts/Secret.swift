// SPDX-License-Identifier: Apache-2.0

/// A password or key that never prints: only ``reveal()`` gives it away.
public struct Secret: Sendable, Hashable {
    private let text: String

    /// Hides a text.
    public init(_ text: String) {
        self.text = text
    }

    /// The text itself, for the one call that needs it.
    public func reveal() -> String { text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Says only that there is a secret.
    public var description: String { "(secret)" }
    /// Says only that there is a secret.
    public var debugDescription: String { "(secret)" }
    /// Shows no part of the secret.
    public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}
