// SPDX-License-Identifier: Apache-2.0

/// A complete reply of a relay (RFC 5321 section 4.2.1).
struct SMTPReply: Hashable, Sendable {
    /// 200 to 599.
    var code: Int
    /// The words of all lines, on one line.
    var text: String

    /// Whether the relay did what it was asked.
    var isPositive: Bool { (200..<300).contains(code) }

    /// Whether the relay refused.
    var isRefusal: Bool { (400..<600).contains(code) }

    /// Whether the relay closes the connection (421).
    var isClosing: Bool { code == 421 }

    /// Code and words.
    var words: String { "\(code) \(text)" }

    /// What a refusal of a message means.
    func refusal(_ stage: DeliveryResult.Stage) -> DeliveryResult {
        let refusal = DeliveryResult.Refusal(code: code, reply: text, stage: stage)
        return code < 500 ? .refusedTemporarily(refusal) : .refusedPermanently(refusal)
    }
}

/// Cuts what a relay sends into replies, wherever the network cut it.
///
/// A relay that sends lines without end is an error: the memory is bounded.
struct SMTPReplyParser {
    private static let longestLine = 8_192
    private static let mostLines = 200

    private var bytes: [UInt8] = []
    private var position = 0
    private var lines: [String] = []

    /// Adds what was received.
    mutating func append(_ received: UnsafeRawBufferPointer) {
        if position > 0 {
            bytes.removeFirst(position)
            position = 0
        }
        bytes.append(contentsOf: received)
    }

    /// The next complete reply; nil when more has to be received.
    mutating func next() throws(SMTPFailure) -> SMTPReply? {
        while let line = try nextLine() {
            guard let code = Int(line.prefix(3)), (200..<600).contains(code) else {
                throw SMTPFailure("The relay replied with something that is no SMTP.")
            }
            lines.append(HeaderText.fold(String(line.dropFirst(4))))
            guard line.dropFirst(3).first == "-" else {
                defer { lines = [] }
                return SMTPReply(code: code, text: lines.joined(separator: " "))
            }
            guard lines.count < SMTPReplyParser.mostLines else {
                throw SMTPFailure("The relay's reply has no end.")
            }
        }
        return nil
    }

    private mutating func nextLine() throws(SMTPFailure) -> String? {
        guard let end = bytes[position...].firstIndex(of: 0x0A) else {
            guard bytes.count - position <= SMTPReplyParser.longestLine else {
                throw SMTPFailure("The relay's reply has no end.")
            }
            return nil
        }
        var line = bytes[position..<end]
        if line.last == 0x0D { line.removeLast() }
        position = end + 1
        return String(decoding: line, as: UTF8.self)
    }
}

/// What kept a connection from being used, in words.
struct SMTPFailure: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
