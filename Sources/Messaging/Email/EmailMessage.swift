// SPDX-License-Identifier: Apache-2.0
public import Common

/// A rendered mail with its addressing: everything that stands in the message itself.
public struct EmailMessage: Hashable, Sendable {
    /// What was rendered for the recipient.
    public var content: RenderedEmail
    /// The recipient in To.
    public var to: Mailbox
    /// The Message-ID, which names the interaction.
    public var messageID: MessageID
    /// The moment in Date, written in UTC and in whole seconds.
    public var date: Instant
    /// How to unsubscribe; nil for mails that need none.
    public var unsubscribe: Unsubscribe?
    /// Further headers in order; their names start with `X-`, their values are folded to one line.
    public var headers: [Header]

    /// Makes a message.
    public init(
        content: RenderedEmail,
        to: Mailbox,
        messageID: MessageID,
        date: Instant,
        unsubscribe: Unsubscribe? = nil,
        headers: [Header] = []
    ) {
        self.content = content
        self.to = to
        self.messageID = messageID
        self.date = date
        self.unsubscribe = unsubscribe
        self.headers = headers
    }

    /// The largest built message that is handed over: 4 MB, in bytes.
    public static let sizeLimit = 4 * 1_048_576

    /// Builds the message as it goes over SMTP: MIME, CRLF line ends (RFC 5322, 2045, 2047).
    ///
    /// Equal messages give equal bytes. Safe to call from any thread.
    /// - Throws: `MessagingError.setting` for a header or an unsubscribe address that cannot be
    ///   used, `MessagingError.generation` for content that mail cannot carry,
    ///   `MessagingError.tooLarge` above `sizeLimit`.
    public func build() throws -> [UInt8] {
        var plain = PlainMIME(self)
        let bytes = try plain?.build() ?? MIMEBuilder(message: self).build()
        guard bytes.count <= Self.sizeLimit else {
            throw MessagingError.tooLarge(bytes: bytes.count, limit: Self.sizeLimit)
        }
        return bytes
    }

    /// A header of the sender's own.
    public struct Header: Hashable, Sendable {
        /// The name: `X-`, then ASCII letters, digits and hyphens.
        public var name: String
        /// The value.
        public var value: String

        /// Makes a header.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The addresses of List-Unsubscribe (RFC 2369); one-click by POST (RFC 8058).
    public struct Unsubscribe: Hashable, Sendable {
        /// An `https:` or `http:` URL.
        public var url: String
        /// Where a mail unsubscribes as well; nil for nowhere.
        public var mailto: EmailAddress?
        /// Whether a bare POST to the URL unsubscribes (List-Unsubscribe-Post).
        public var oneClick: Bool

        /// Makes unsubscribe addresses; one-click unless said otherwise.
        public init(url: String, mailto: EmailAddress? = nil, oneClick: Bool = true) {
            self.url = url
            self.mailto = mailto
            self.oneClick = oneClick
        }
    }
}
