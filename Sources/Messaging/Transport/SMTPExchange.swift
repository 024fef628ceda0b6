// SPDX-License-Identifier: Apache-2.0

/// The dialogue about one mail: what was sent, how far, and what the peer said last.
///
/// libcurl's result code alone does not tell a refused recipient from a refused connection, nor a
/// cut before the end of the message from one after it. This does, from the commands and replies.
final class SMTPExchange {
    private let content: [UInt8]
    private var position = 0
    /// Whether all content was taken, after which only its end mark is left to be sent.
    private var contentEnded = false
    /// What the last command was about; nil before MAIL FROM.
    private var stage: DeliveryResult.Stage?
    /// The lines of a reply not yet complete.
    private var replyLines: [String] = []
    /// The complete reply to the last command, or to the content once it ended.
    private var reply: (code: Int, text: String)?
    /// Whether QUIT was sent, as libcurl does after a refusal; its reply is not about the mail.
    private var isQuitting = false
    /// What became of the mail; set by `finish`.
    private(set) var result = DeliveryResult.notStarted

    init(_ content: [UInt8]) {
        self.content = content
    }

    /// Whether the relay itself could not be reached or used, for this mail or any other.
    var failedToConnect: Bool {
        guard case .notHandedOver = result else { return false }
        return stage == nil
    }

    /// Whether a kept connection was closed by the peer before it looked at this mail.
    var foundConnectionClosed: Bool {
        stage == .sender && (reply == nil || reply?.code == 421)
    }

    /// Fills a buffer with the next bytes; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, content.count - position)
        guard count > 0 else {
            contentEnded = true
            reply = nil
            return 0
        }
        buffer.copyBytes(from: content[position..<(position + count)])
        position += count
        return count
    }

    /// Notes a command by its first word only: the rest may hold secrets.
    func noteCommand(_ bytes: UnsafeRawBufferPointer) {
        let word = String(decoding: bytes.prefix(4), as: UTF8.self)
        isQuitting = word == "QUIT"
        guard !isQuitting else { return }
        reply = nil
        replyLines = []
        switch word {
        case "MAIL": stage = .sender
        case "RCPT": stage = .recipient
        case "DATA": stage = .content
        default: break
        }
    }

    /// Notes a line of a reply (RFC 5321 section 4.2.1): code, `-` when more follow, words.
    func noteReply(_ bytes: UnsafeRawBufferPointer) {
        let line = String(decoding: bytes, as: UTF8.self)
        guard !isQuitting, let code = Int(line.prefix(3)) else { return }
        replyLines.append(HeaderText.fold(String(line.dropFirst(4))))
        guard line.dropFirst(3).first != "-" else { return }
        reply = (code, replyLines.joined(separator: " "))
        replyLines = []
    }

    /// Draws the result, given libcurl's words when it failed.
    func finish(failure: String?) {
        result = contentEnded ? resultAfterContent(failure) : resultBeforeContent(failure)
    }

    private func resultAfterContent(_ failure: String?) -> DeliveryResult {
        guard let reply else {
            return .inDoubt(reason: failure ?? "The relay gave no reply to the message.")
        }
        switch reply.code {
        case 200..<300: return .accepted(reply: reply.text)
        case 400..<600: return refusal(reply, .content)
        default: return .inDoubt(reason: "The relay replied \(reply.code) \(reply.text)")
        }
    }

    private func resultBeforeContent(_ failure: String?) -> DeliveryResult {
        if let stage, let reply, (400..<600).contains(reply.code) { return refusal(reply, stage) }
        let words = reply.map { " (\($0.code) \($0.text))" } ?? ""
        return .notHandedOver(reason: (failure ?? "The relay did not ask for the message") + words)
    }

    private func refusal(
        _ reply: (code: Int, text: String),
        _ stage: DeliveryResult.Stage
    ) -> DeliveryResult {
        let refusal = DeliveryResult.Refusal(code: reply.code, reply: reply.text, stage: stage)
        return reply.code < 500 ? .refusedTemporarily(refusal) : .refusedPermanently(refusal)
    }
}
