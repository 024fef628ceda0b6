// SPDX-License-Identifier: Apache-2.0

/// Pages that the server answers beside the API, such as the console.
///
/// The server's library stays in this room: a site sees plain values.
public protocol WebSite: Sendable {
    /// Whether a path, decoded and in parts, is the site's.
    func owns(_ path: [String]) -> Bool
    /// Answers a request; what goes wrong is an answer too.
    func answer(_ request: SiteRequest) async -> SiteAnswer
}

/// A request as a site sees it.
public struct SiteRequest: Sendable {
    /// The method, in capitals.
    public var method: String
    /// The path, decoded and in parts.
    public var path: [String]
    /// The query as it came, without its question mark.
    public var query: String
    /// The headers, their names in lower case.
    public var headers: [String: String]
    /// The network address of the caller.
    public var address: String
    /// Hands on the body piece by piece.
    public var body: @Sendable (@Sendable ([UInt8]) async throws -> Void) async throws -> Void

    /// Makes a request.
    public init(
        method: String,
        path: [String],
        query: String = "",
        headers: [String: String] = [:],
        address: String = "",
        body: @escaping @Sendable (@Sendable ([UInt8]) async throws -> Void) async throws -> Void =
            { _ in }
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.address = address
        self.body = body
    }
}

/// An answer of a site.
public struct SiteAnswer: Sendable {
    /// What an answer carries.
    public enum Body: Sendable {
        /// All of it.
        case bytes([UInt8])
        /// A file in pieces: each call gives the next piece, nil at the end.
        case pieces(@Sendable () throws -> [UInt8]?)
        /// What comes as it happens: each call waits for the next piece, nil at the end. The
        /// server ends it when it shuts down.
        case live(@Sendable () async throws -> [UInt8]?)
    }

    /// The HTTP status.
    public var status: Int
    /// The headers, in order.
    public var headers: [(name: String, value: String)]
    /// What it carries.
    public var body: Body

    /// Makes an answer.
    public init(
        status: Int,
        headers: [(name: String, value: String)] = [],
        body: Body = .bytes([])
    ) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// What an error of any room means to a person: the same table as the API's.
public struct Refusal: Sendable, Hashable {
    /// The HTTP status.
    public var status: Int
    /// What is wrong, in a sentence.
    public var sentence: String
    /// What is wrong by field, in words that stand by themselves.
    public var fields: [String: String]

    /// The refusal that an error becomes; nil for a fault of ours.
    public init?(_ error: any Error) {
        guard let problem = ErrorTable.problem(error) else { return nil }
        status = problem.code
        sentence = problem.message
        fields = problem.details
    }
}
