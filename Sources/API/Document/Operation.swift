// SPDX-License-Identifier: Apache-2.0
import Common

/// One method on one path, for the document.
struct Operation: Sendable {
    /// A parameter of the path or the query.
    struct Parameter: Sendable {
        var name: String
        /// `path`, `query` or `header`.
        var place: String
        var meaning: String
        var schema: JSONValue
        var isRequired = false
        var example: JSONValue?
    }

    /// The path below `/v1`, such as `/task/{id}`.
    var path: String
    var method: Method
    /// A unique name for programs.
    var id: String
    var summary: String
    var parameters: [Parameter] = []
    /// The body by media type; none when empty.
    var bodies: [String: JSONValue] = [:]
    var isBodyRequired = false
    var bodyExample: JSONValue?
    /// The status of a success, and what `data` looks like; nil for an answer without JSON.
    var status = 200
    var data: JSONValue?
    var dataExample: JSONValue?
    /// The media type of a success.
    var mediaType = "application/json"
    /// The statuses of refusals.
    var refusals: [Int] = []
    /// Whether bodies and answers may have attributes that the document does not know.
    var isOpen = false
    /// What a token needs.
    var scope: String

    /// Whether a path below `/v1` is one of this operation; names are case-insensitive.
    func covers(_ path: [String]) -> Bool {
        let parts = self.path.split(separator: "/")
        guard parts.count == path.count else { return false }
        return zip(parts, path).allSatisfy { part, given in
            part.hasPrefix("{") || part.lowercased() == given.lowercased()
        }
    }
}
