// SPDX-License-Identifier: Apache-2.0

/// An answer as resources give it.
struct Answer: Sendable {
    /// What an answer carries.
    enum Body: Sendable {
        /// All of it.
        case bytes([UInt8])
        /// A file in pieces: each call gives the next piece, nil at the end.
        case pieces(@Sendable () throws -> [UInt8]?)
    }

    /// The HTTP status.
    var status: Int
    /// The media type of the body.
    var mediaType = "application/json"
    /// Other headers.
    var headers: [(name: String, value: String)] = []
    /// What it carries.
    var body: Body

    /// A success in the envelope of all resources (spec/api.md).
    ///
    /// - Parameters:
    ///   - status: 200, 201 or 202.
    ///   - data: JSON: an object, or an array.
    ///   - count: How many rows that is.
    ///   - next: The cursor of the next page.
    /// - Returns: The answer.
    static func ok(
        _ status: Int = 200,
        data: [UInt8],
        count: Int = 1,
        next: String? = nil
    ) -> Answer {
        var json = JSONBytes(capacity: data.count + 96)
        json.raw("{\"status\":\"ok\",\"response\":{\"data\":")
        json.raw(data)
        json.raw(",\"count\":")
        json.integer(Int64(count))
        json.raw(",\"next\":")
        if let next { json.text(next) } else { json.null() }
        json.raw("}}")
        return Answer(status: status, body: .bytes(json.bytes))
    }
}
