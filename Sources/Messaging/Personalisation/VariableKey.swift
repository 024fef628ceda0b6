// SPDX-License-Identifier: Apache-2.0

/// The name under which Mustache asks for a value.
///
/// Mustache treats an absent value as empty and does not say whether a variable or a section asks.
/// So names are rewritten when a template is compiled: a section's name starts with `?`, and the
/// dots of a path become `*`, so that a whole path arrives in one question. Neither character
/// can stand in a name that a user typed.
struct VariableKey: Sendable {
    let isSection: Bool
    let path: [String]

    /// What a lookup in one scope gave.
    enum Finding {
        /// The scope does not know the first name of the path: ask further out.
        case unknown
        /// The scope knows the first name, and the rest of the path leads nowhere.
        case absent
        case found(PersonalisationValue)
    }

    /// Makes the key from a rewritten name.
    init(rewritten: String) {
        isSection = rewritten.utf8.first == UInt8(ascii: "?")
        path = rewritten.dropFirst(isSection ? 1 : 0).split(separator: "*").map(String.init)
    }

    /// Rewrites a name of the template.
    static func rewrite(_ name: Substring, isSection: Bool) -> String {
        (isSection ? "?" : "") + name.split(separator: ".").joined(separator: "*")
    }

    /// The name as the author of the template wrote it.
    var name: String { path.joined(separator: ".") }

    /// Follows the path from a scope's own lookup.
    func find(_ lookup: (String) -> PersonalisationValue?) -> Finding {
        guard let first = path.first, var value = lookup(first) else { return .unknown }
        for component in path.dropFirst() {
            guard case .record(let fields) = value, let field = fields[component] else {
                return .absent
            }
            value = field
        }
        return .found(value)
    }
}
