// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The methods that resources know.
enum Method: String, Sendable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"

    /// Whether it changes nothing.
    var isReading: Bool { self == .get || self == .head }
}

/// A request as resources see it, without a word of the server's library.
struct APIRequest: Sendable {
    /// The method.
    var method: Method
    /// What follows `/v1`, decoded, without empty parts.
    var path: [String]
    /// The query's names and values, decoded, in order.
    var query: [QueryItem]
    /// The media type of the body, in lower case without parameters; nil when none was named.
    var mediaType: String?
    /// The `Idempotency-Key` header.
    var repeatKey: String?
    /// The whole body.
    var body: [UInt8]

    /// A name and a value of a query or a form.
    struct QueryItem: Sendable, Hashable {
        var name: String
        var value: String
    }
}

/// Decodes the form in which queries and form bodies are written (WHATWG URL, 5.1).
enum FormText {
    /// Names and values in order.
    ///
    /// - Throws: ``Problem`` 400 for what is no UTF-8, a broken escape or a NUL.
    static func items(_ text: some StringProtocol) throws -> [APIRequest.QueryItem] {
        try text.split(separator: "&").map { part in
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return APIRequest.QueryItem(
                name: try decode(pair[0]),
                value: pair.count > 1 ? try decode(pair[1]) : ""
            )
        }
    }

    /// A part of a path, in which a plus sign is one.
    static func path(_ text: some StringProtocol) throws -> String {
        guard text.utf8.contains(0x25) || text.utf8.contains(0) else { return String(text) }
        guard let decoded = text.removingPercentEncoding, !decoded.utf8.contains(0) else {
            throw Problem(400, "the path is no UTF-8 text in percent encoding")
        }
        return decoded
    }

    /// Undoes percent escapes, and plus signs for blanks.
    static func decode(_ text: some StringProtocol) throws -> String {
        // Most have neither, and are decoded already.
        guard text.utf8.contains(where: { $0 == 0x25 || $0 == 0x2B || $0 == 0 }) else {
            return String(text)
        }
        let blanks = String(text).replacing("+", with: " ")
        guard let decoded = blanks.removingPercentEncoding, !decoded.utf8.contains(0) else {
            throw Problem(400, "the query or form is no UTF-8 text in percent encoding")
        }
        return decoded
    }
}
