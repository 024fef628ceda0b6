// SPDX-License-Identifier: Apache-2.0
public import Common

/// A filter over one profile table, as JSON (spec/audience.md, "Searches").
///
/// ```json
/// {"all": [{"attribute": "language", "is": "fr"}, {"not": {"list": "newsletter"}}]}
/// ```
///
/// A node is an object with exactly one of these keys:
/// - `all`, `any`: an array of nodes; an empty `all` is everyone, an empty `any` nobody;
/// - `not`: a node;
/// - `attribute`: the name of an attribute or technical column, with one operator beside it;
/// - `list`: the name of a list, with `subscribed` (true when absent) and `confirmed` beside it;
/// - `import`: the id of an import task;
/// - `segment`: the name of a segmentation, with `is` beside it: true or false for a simple one, the
///   name of a segment or null for an exclusive one; in it, or in any segment, when absent;
/// - `rows`: the name of a custom table, with `atLeast`, `atMost` and `where` beside it: how many of
///   its rows belong to the profile, one at least when both are absent;
/// - what other rooms registered as ``SearchTerm``.
///
/// It is checked against a table when it is compiled; until then it is any JSON value.
public struct SearchExpression: Sendable, Hashable, Codable {
    /// The expression's JSON.
    public var json: JSONValue

    /// Makes an expression from JSON.
    public init(_ json: JSONValue) {
        self.json = json
    }

    /// Everyone.
    public static let everyone = SearchExpression(.object(["all": .array([])]))

    /// Reads an expression from JSON text.
    ///
    /// - Throws: ``AudienceError/badExpression(_:path:)`` when the text is no JSON.
    public init(text: String) throws {
        guard let json = try? JSONText.decode(JSONValue.self, from: text) else {
            throw AudienceError.badExpression("no JSON", path: SearchPath.top)
        }
        self.json = json
    }

    /// Reads the expression as its JSON.
    public init(from decoder: any Decoder) throws {
        json = try JSONValue(from: decoder)
    }

    /// Writes the expression as its JSON.
    public func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }
}

/// Places in an expression, such as `all[1].any[0].attribute`.
enum SearchPath {
    /// The expression itself.
    static let top = "the top"

    static func key(_ key: String, under path: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }
}
