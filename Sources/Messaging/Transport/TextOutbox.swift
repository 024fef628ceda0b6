// SPDX-License-Identifier: Apache-2.0
public import Common

/// Keeps each text message as a file: the default where no gateway is set up.
///
/// A message becomes `<folder>/<yyyy-mm-dd>/<id>.json`, by the UTC day of its date, readable by the
/// owner only, with the keys `date`, `id`, `recipient`, `sender` and `text`. Otherwise as
/// ``OutboxTransport``.
public final class TextOutbox: MessageTransport {
    private let keeper: OutboxKeeper

    /// Makes an outbox; the folder is made when the first message comes, its parent must exist.
    public init(folder: String) {
        keeper = OutboxKeeper(folder: folder, naming: "id")
    }

    /// Where a text message is kept, whether it is there or not.
    public func path(of id: String, date: Instant) -> String {
        keeper.path(of: "\(id).json", date: date)
    }

    /// Removes a kept text message.
    ///
    /// - Returns: Whether there was one.
    /// - Throws: What the system said when it could not be removed.
    @discardableResult
    public func remove(_ id: String, date: Instant) throws -> Bool {
        try keeper.remove("\(id).json", date: date)
    }

    /// Keeps a batch; each folder is made durable once a batch.
    public func deliver(
        _ batch: [OutgoingText],
        mayStart: @escaping @Sendable () -> Bool
    ) async -> [DeliveryResult] {
        let items = batch.map { text in
            OutboxKeeper.Item(
                name: "\(text.id).json",
                date: text.date,
                content: Array(TextOutbox.json(text).utf8)
            )
        }
        return await keeper.keep(items, mayStart: mayStart)
    }

    private static func json(_ text: OutgoingText) -> String {
        let file = File(
            date: text.date.description,
            id: text.id,
            recipient: text.recipient,
            sender: text.sender,
            text: text.text
        )
        // Strings always have a JSON form.
        return (try? JSONText.encode(file)) ?? ""
    }

    private struct File: Encodable {
        let date: String
        let id: String
        let recipient: String
        let sender: String
        let text: String
    }
}
