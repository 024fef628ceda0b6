// SPDX-License-Identifier: Apache-2.0
public import Common

/// Hands messages of one channel over to whoever carries them on.
///
/// A transport takes a batch so that it can reuse connections, pipeline and use several at once. It
/// never repeats a message by itself once the peer may have taken it.
public protocol MessageTransport<Message>: Sendable {
    /// What one message of the channel is; `OutgoingMail` for e-mail.
    associatedtype Message: Sendable

    /// Hands over a batch and gives one result a message, in the order of the batch.
    ///
    /// - Parameters:
    ///   - batch: The messages. Each was durably marked in flight before.
    ///   - mayStart: Asked before each message, from any thread; once it is false, the messages
    ///     not yet begun give `DeliveryResult.notStarted`. Must be quick.
    /// - Returns: As many results as there are messages.
    func deliver(
        _ batch: [Message],
        mayStart: @escaping @Sendable () -> Bool
    ) async -> [DeliveryResult]
}

extension MessageTransport {
    /// Hands over a whole batch.
    public func deliver(_ batch: [Message]) async -> [DeliveryResult] {
        await deliver(batch) { true }
    }
}

/// A built mail with its envelope.
public struct OutgoingMail: Hashable, Sendable {
    /// The Message-ID that stands in the content.
    public var messageID: MessageID
    /// The return path of this mail (MAIL FROM), its own for each mail with VERP.
    public var sender: EmailAddress
    /// The one recipient (RCPT TO).
    public var recipient: EmailAddress
    /// The moment in the mail's Date, which later attempts for the same Message-ID keep.
    public var date: Instant
    /// The built message with CRLF line ends.
    public var content: [UInt8]

    /// Makes a mail with its envelope.
    public init(
        messageID: MessageID,
        sender: EmailAddress,
        recipient: EmailAddress,
        date: Instant,
        content: [UInt8]
    ) {
        self.messageID = messageID
        self.sender = sender
        self.recipient = recipient
        self.date = date
        self.content = content
    }

    /// Builds a message and puts it in an envelope.
    ///
    /// - Throws: What `EmailMessage.build()` throws.
    public init(_ message: EmailMessage, sender: EmailAddress) throws {
        self.init(
            messageID: message.messageID,
            sender: sender,
            recipient: message.to.address,
            date: message.date,
            content: try message.build()
        )
    }
}

/// What became of one message at hand-over (design/protocols.md, "Send").
public enum DeliveryResult: Hashable, Sendable {
    /// The peer took responsibility; its words.
    case accepted(reply: String)
    /// The peer refused for now (4xx): to be tried again later.
    case refusedTemporarily(Refusal)
    /// The peer refused for good (5xx). At `.recipient` and `.content`: sent and bounced.
    case refusedPermanently(Refusal)
    /// The peer was not reached, or the connection was cut before the message's end was sent: can
    /// be tried again. Also when the peer refuses the connection, its encryption or the login.
    case notHandedOver(reason: String)
    /// The message's end was sent and no reply came: the peer may have taken it. Never resent by
    /// itself.
    case inDoubt(reason: String)
    /// This Message-ID was handed over before: the guard against sending twice held.
    case alreadyHandedOver(reason: String)
    /// Nothing was begun, as the sending was stopped first.
    case notStarted

    /// A refusal in the peer's own words.
    public struct Refusal: Hashable, Sendable {
        /// The reply code, 400 to 599.
        public var code: Int
        /// The peer's words without the code.
        public var reply: String
        /// What was refused.
        public var stage: Stage

        /// Makes a refusal.
        public init(code: Int, reply: String, stage: Stage) {
            self.code = code
            self.reply = reply
            self.stage = stage
        }
    }

    /// What a peer refuses.
    public enum Stage: String, Hashable, Sendable {
        /// The return path (MAIL FROM): a matter of the relay, not a bounce.
        case sender
        /// The recipient (RCPT TO).
        case recipient
        /// The message itself (DATA).
        case content
    }
}
