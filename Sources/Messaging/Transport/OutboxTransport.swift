// SPDX-License-Identifier: Apache-2.0
public import Common

/// Keeps each mail as a file: the default where no relay is set up.
///
/// A mail becomes `<folder>/<yyyy-mm-dd>/<message id>.eml`, by the UTC day of its date, readable by the
/// owner only. A file that exists is never replaced: the mail gives
/// `DeliveryResult.alreadyHandedOver`. Accepted mails survive a power loss.
public final class OutboxTransport: MessageTransport {
    private let keeper: OutboxKeeper

    /// Makes an outbox; the folder is made when the first mail comes, its parent must exist.
    public init(folder: String) {
        keeper = OutboxKeeper(folder: folder, naming: "Message-ID")
    }

    /// Where a mail is kept, whether it is there or not.
    ///
    /// The date is the moment in the mail's Date.
    public func path(of id: MessageID, date: Instant) -> String {
        keeper.path(of: "\(id.text).eml", date: date)
    }

    /// Removes a kept mail.
    ///
    /// - Returns: Whether there was one.
    /// - Throws: What the system said when it could not be removed.
    @discardableResult
    public func remove(_ id: MessageID, date: Instant) throws -> Bool {
        try keeper.remove("\(id.text).eml", date: date)
    }

    /// Keeps a batch; each folder is made durable once a batch.
    public func deliver(
        _ batch: [OutgoingMail],
        mayStart: @escaping @Sendable () -> Bool
    ) async -> [DeliveryResult] {
        let items = batch.map { mail in
            OutboxKeeper.Item(
                name: "\(mail.messageID.text).eml",
                date: mail.date,
                content: mail.content
            )
        }
        return await keeper.keep(items, mayStart: mayStart)
    }
}
