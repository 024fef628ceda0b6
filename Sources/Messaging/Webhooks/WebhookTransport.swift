// SPDX-License-Identifier: Apache-2.0
public import Common

/// One signed message to a webhook's receiver.
public struct WebhookMessage: Sendable {
    /// Where it goes: an absolute URL, http or https.
    public var url: String
    /// Names it, the same for each try: the `webhook-id`.
    public var id: String
    /// When it leaves: the `webhook-timestamp`.
    public var moment: Instant
    /// The body, JSON.
    public var body: [UInt8]

    /// Makes a message.
    public init(url: String, id: String, moment: Instant, body: [UInt8]) {
        self.url = url
        self.id = id
        self.moment = moment
        self.body = body
    }
}

/// What became of one try.
public enum WebhookAnswer: Sendable, Hashable, CustomStringConvertible {
    /// The receiver answered with an HTTP status.
    case status(Int)
    /// The host is at no address where webhooks of the workspace may go.
    case refused
    /// There was no answer; the words say why.
    case failed(String)

    /// Whether the receiver took it: any 2xx.
    public var isTaken: Bool {
        guard case .status(let code) = self else { return false }
        return (200..<300).contains(code)
    }

    /// One plain sentence.
    public var description: String {
        switch self {
        case .status(let code) where (300..<400).contains(code):
            "The receiver answered \(code); redirects are not followed."
        case .status(let code): "The receiver answered \(code)."
        case .refused: "The host is at an address of a network where webhooks must not go."
        case .failed(let words): "The receiver did not answer: \(words)."
        }
    }
}

/// Hands webhooks over by HTTP (Standard Webhooks): one POST each, no redirects, no proxy.
///
/// The address is judged when the connection is made, on what the name resolved to then, so that a
/// name that changes its address in between gains nothing.
public struct WebhookTransport: Sendable {
    private let timeLimit: Span

    /// Makes a transport.
    ///
    /// - Parameter timeLimit: How long one try may take in all; 15 seconds unless given.
    public init(timeLimit: Span = .seconds(15)) {
        self.timeLimit = timeLimit
    }

    /// Sends a message and waits for the answer; blocks the thread.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - secret: What it is signed with.
    ///   - allowsInside: Whether it may go to this machine and private networks.
    /// - Returns: What became of it.
    /// - Throws: ``MessagingError/setting(name:problem:)`` when the HTTP library does not start.
    public func post(
        _ message: WebhookMessage,
        signedWith secret: WebhookSecret,
        allowsInside: Bool
    ) throws -> WebhookAnswer {
        let handle = try WebhookHandle(timeLimit: timeLimit, allowsInside: allowsInside)
        let signature = secret.signature(id: message.id, at: message.moment, body: message.body)
        return handle.post(
            message.body,
            to: message.url,
            headers: [
                "Content-Type: application/json", "webhook-id: \(message.id)",
                "webhook-timestamp: \(message.moment.seconds)", "webhook-signature: \(signature)",
                "Expect:",
            ]
        )
    }
}
