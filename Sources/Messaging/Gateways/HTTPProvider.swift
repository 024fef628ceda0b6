// SPDX-License-Identifier: Apache-2.0

/// A provider with an HTTP interface of its own, described by templates and patterns.
///
/// The templates know `{{id}}`, `{{to}}`, `{{from}}`, `{{text}}`, `{{parts}}`, `{{encoding}}`,
/// `{{reportUrl}}` and `{{secret}}`. In the URL, and in a body of the type
/// `application/x-www-form-urlencoded`, values are percent-encoded; in JSON they are escaped as in
/// a string, in XML as in text; in headers they are folded to one line.
public struct HTTPProvider: TextGateway {
    private let method: String
    private let url: ProviderTemplate
    private let headers: [ProviderTemplate]
    private let body: ProviderTemplate?
    private let secret: String
    private let success: AnswerPattern?
    private let permanentFailure: AnswerPattern?

    /// Compiles a description; `{{secret}}` stands for the secret, such as an API key.
    ///
    /// - Throws: ``MessagingError/setting(name:problem:)`` for a method, a template or a pattern.
    public init(_ description: HTTPProviderDescription, secret: String) throws {
        guard ["GET", "POST"].contains(description.method) else {
            throw MessagingError.setting(name: "method", problem: "is neither GET nor POST")
        }
        method = description.method
        self.secret = secret
        url = try ProviderTemplate(description.url, name: "url", .address)
        headers = try description.headers.sorted { $0.key < $1.key }.map { name, value in
            guard HTTPProvider.isHeader(name) else {
                throw MessagingError.setting(name: "header", problem: "has no valid name")
            }
            return try ProviderTemplate("\(name): \(value)", name: "header \(name)", .line)
        }
        body = try description.body.map {
            try ProviderTemplate($0, name: "body", .init(mediaType: description.mediaType))
        }
        success = try description.success.map { try AnswerPattern($0, name: "success") }
        permanentFailure = try description.permanentFailure.map {
            try AnswerPattern($0, name: "permanentFailure")
        }
    }

    func request(for message: OutgoingText) -> ProviderRequest {
        let measure = TextMeasure(message.text)
        let values = [
            "id": message.id, "to": message.recipient, "from": message.sender,
            "text": message.text, "parts": "\(measure.parts)",
            "encoding": measure.encoding.rawValue, "reportUrl": message.reportURL ?? "",
            "secret": secret,
        ]
        return ProviderRequest(
            method: method,
            url: url.fill(values),
            headers: headers.map { $0.fill(values) },
            body: Array((body?.fill(values) ?? "").utf8)
        )
    }

    /// Without patterns, 2xx is a success and any other 4xx than 401, 403, 404, 408 and 429 a refusal
    /// for good.
    func result(status: Int, body: String) -> DeliveryResult {
        let text = "\(status) \(body.prefix(2_000))"
        if permanentFailure?.matches(text) == true {
            return .refusedPermanently(refusal(status, body))
        }
        if (200..<300).contains(status), success?.matches(text) ?? true {
            return .accepted(reply: HeaderText.fold(String(body.prefix(200))))
        }
        let isFinal =
            permanentFailure == nil && (400..<500).contains(status)
            && ![401, 403, 404, 408, 429].contains(status)
        return isFinal
            ? .refusedPermanently(refusal(status, body))
            : .refusedTemporarily(refusal(status, body))
    }

    private static func isHeader(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "-") }
    }
}
