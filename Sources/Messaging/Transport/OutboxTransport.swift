// SPDX-License-Identifier: Apache-2.0
public import Common
import Dispatch
import Glibc

/// Keeps each mail as a file: the default where no relay is set up.
///
/// A mail becomes `<folder>/<yyyy-mm-dd>/<message id>.eml`, by the UTC day of its date, readable by the
/// owner only. A file that exists is never replaced: the mail gives
/// `DeliveryResult.alreadyHandedOver`. Accepted mails survive a power loss.
public final class OutboxTransport: MessageTransport {
    private let folder: String
    private let queue = DispatchQueue(label: "millrace.outbox")

    /// Makes an outbox; the folder is made when the first mail comes, its parent must exist.
    public init(folder: String) {
        self.folder = folder
    }

    /// Where a mail is kept, whether it is there or not.
    ///
    /// The date is the moment in the mail's Date.
    public func path(of id: MessageID, date: Instant) -> String {
        "\(folder)/\(OutboxFolder.name(for: date))/\(id.text).eml"
    }

    /// Removes a kept mail.
    ///
    /// - Returns: Whether there was one.
    /// - Throws: What the system said when it could not be removed.
    @discardableResult
    public func remove(_ id: MessageID, date: Instant) throws -> Bool {
        if unlink(path(of: id, date: date)) == 0 { return true }
        guard errno == ENOENT else { throw OutboxError(doing: "removing a mail") }
        return false
    }

    /// Keeps a batch; each folder is made durable once a batch.
    public func deliver(
        _ batch: [OutgoingMail],
        mayStart: @escaping @Sendable () -> Bool
    ) async -> [DeliveryResult] {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: self.run(batch, mayStart: mayStart)) }
        }
    }

    private func run(_ batch: [OutgoingMail], mayStart: () -> Bool) -> [DeliveryResult] {
        var days: [String: OutboxFolder] = [:]
        var results = batch.map { mail in
            mayStart() ? keep(mail, in: &days) : .notStarted
        }
        for (name, day) in days {
            do {
                try day.makeDurable()
            } catch {
                doubt(&results, of: batch, on: name, error)
            }
        }
        return results
    }

    private func keep(
        _ mail: OutgoingMail,
        in days: inout [String: OutboxFolder]
    ) -> DeliveryResult {
        let name = OutboxFolder.name(for: mail.date)
        do {
            let day = try days[name] ?? OutboxFolder(name, in: folder)
            days[name] = day
            guard try day.keep(mail.content, as: mail.messageID.text + ".eml") else {
                return .alreadyHandedOver(reason: "The outbox holds this Message-ID already.")
            }
            return .accepted(reply: "Kept in the outbox.")
        } catch {
            return .notHandedOver(reason: "\(error)")
        }
    }

    /// The files stand in the folder, and whether they outlive a power loss is not known.
    private func doubt(
        _ results: inout [DeliveryResult],
        of batch: [OutgoingMail],
        on day: String,
        _ error: any Error
    ) {
        for index in batch.indices where OutboxFolder.name(for: batch[index].date) == day {
            guard case .accepted = results[index] else { continue }
            results[index] = .inDoubt(reason: "\(error)")
        }
    }
}
