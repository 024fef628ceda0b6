// SPDX-License-Identifier: Apache-2.0

/// A request from the world.
struct PublicRequest: Sendable {
    /// The method.
    var method: Method
    /// What follows the endpoint's name, decoded, without empty parts.
    var path: [String]
    /// The query's names and values, decoded, in order.
    var query: [APIRequest.QueryItem]
    /// The query as it came.
    var rawQuery: String
    /// The media type of the body, in lower case without parameters.
    var mediaType: String?
    /// A header by its name; nil when it is not there.
    var header: @Sendable (String) -> String?
    /// The whole body.
    var body: [UInt8]

    /// Whether nobody has asked for it yet: a program looks ahead, or whether there is anything.
    ///
    /// Such a request changes nothing.
    var looksAhead: Bool {
        if method == .head { return true }
        return ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"].contains { name in
            let value = header(name)?.lowercased() ?? ""
            return value.contains("prefetch") || value.contains("preview")
        }
    }
}

/// What answers below one name of the public listener.
protocol PublicEndpoint: Sendable {
    /// The first part of the path.
    var name: String { get }
    /// Whether requests of one address are counted; unless said otherwise they are.
    var isLimited: Bool { get }
    /// The answer; nil when there is nothing of the kind, whatever the reason.
    func answer(_ request: PublicRequest) async throws -> Answer?
}

extension PublicEndpoint {
    var isLimited: Bool { true }
}
