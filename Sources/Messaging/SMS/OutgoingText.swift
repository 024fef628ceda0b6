// SPDX-License-Identifier: Apache-2.0
public import Common

/// A text message that is ready to leave.
public struct OutgoingText: Hashable, Sendable {
    /// Names it for whoever carries it on: the same for each try; ASCII letters, digits and dots.
    public var id: String
    /// What the phone shows as the sender.
    public var sender: String
    /// The number that it goes to, E.164 digits.
    public var recipient: String
    /// The moment at which it was planned, which later tries keep.
    public var date: Instant
    /// What it says.
    public var text: String
    /// Where a gateway tells what became of it, an http or https address without a query; nil for
    /// nowhere.
    public var reportURL: String?

    /// Makes a text message.
    public init(
        id: String,
        sender: String,
        recipient: String,
        date: Instant,
        text: String,
        reportURL: String? = nil
    ) {
        self.id = id
        self.sender = sender
        self.recipient = recipient
        self.date = date
        self.text = text
        self.reportURL = reportURL
    }
}
