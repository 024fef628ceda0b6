// SPDX-License-Identifier: Apache-2.0

/// One request to a gateway.
struct ProviderRequest: Sendable, Equatable {
    /// GET or POST.
    var method: String
    /// Where it goes; may hold a password, so that it is never printed.
    var url: String
    /// The header lines.
    var headers: [String] = []
    /// The body of a POST.
    var body: [UInt8] = []
}

/// What came of a request.
enum ProviderAnswer: Sendable, Equatable {
    /// The gateway answered with a status and the beginning of a body.
    case status(Int, String)
    /// The host is at an address where gateways of the workspace must not be.
    case refused
    /// The request never left.
    case unreached(String)
    /// It left, and no answer came.
    case unanswered(String)
}

/// What is noted of one request while it is made.
final class ProviderExchange {
    private static let longestAnswer = 16_384

    /// Where its connections may go.
    let gate: SocketGate
    private var body: [UInt8] = []
    /// Whether a part of the request left.
    private(set) var hasSent = false
    /// Whether more came than is read.
    private(set) var isFull = false

    init(allowsInside: Bool) { gate = SocketGate(allowsInside: allowsInside) }

    /// The beginning of the answer's body.
    var answer: String { String(decoding: body, as: UTF8.self) }

    /// Notes that the request leaves: libcurl would make it again on a fresh connection when one that
    /// was kept ends without an answer, and the gateway may have taken the message.
    func noteSent() {
        hasSent = true
        gate.close()
    }

    /// Keeps a piece of the answer; false when it is enough.
    func take(_ piece: UnsafeRawBufferPointer) -> Bool {
        body += piece.prefix(ProviderExchange.longestAnswer - body.count)
        isFull = isFull || body.count == ProviderExchange.longestAnswer
        return !isFull
    }
}
