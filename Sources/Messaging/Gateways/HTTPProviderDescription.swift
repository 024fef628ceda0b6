// SPDX-License-Identifier: Apache-2.0

/// How a provider wants its requests and what its answers mean; without its secret.
public struct HTTPProviderDescription: Hashable, Sendable, Codable {
    /// The address, a template.
    public var url: String
    /// `GET` or `POST`.
    public var method: String
    /// The headers by name; their values are templates.
    public var headers: [String: String]
    /// The body of a POST, a template; nil for none.
    public var body: String?
    /// A regular expression that `STATUS BODY` of an answer matches when the message was taken; nil
    /// for every 2xx.
    public var success: String?
    /// A regular expression that `STATUS BODY` matches when the message was refused for good; nil
    /// for most of 4xx.
    public var permanentFailure: String?

    /// Describes a provider.
    public init(
        url: String,
        method: String = "POST",
        headers: [String: String] = [:],
        body: String? = nil,
        success: String? = nil,
        permanentFailure: String? = nil
    ) {
        self.url = url
        self.method = method
        self.headers = headers
        self.body = body
        self.success = success
        self.permanentFailure = permanentFailure
    }

    /// Reads a description; all but `url` may be absent.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            url: try values.decode(String.self, forKey: .url),
            method: try values.decodeIfPresent(String.self, forKey: .method) ?? "POST",
            headers: try values.decodeIfPresent([String: String].self, forKey: .headers) ?? [:],
            body: try values.decodeIfPresent(String.self, forKey: .body),
            success: try values.decodeIfPresent(String.self, forKey: .success),
            permanentFailure: try values.decodeIfPresent(String.self, forKey: .permanentFailure)
        )
    }

    /// The media type of the body, in lower case without parameters.
    var mediaType: String {
        let header = headers.first { $0.key.lowercased() == "content-type" }?.value ?? ""
        return header.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
    }
}
