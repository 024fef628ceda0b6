// SPDX-License-Identifier: Apache-2.0
internal import Common
import Dispatch
import Glibc

/// Keeps messages of any channel as files of an outbox: `<folder>/<yyyy-mm-dd>/<name>`.
///
/// A file that exists is never replaced: the message was handed over before.
final class OutboxKeeper: Sendable {
    /// A message as a file.
    struct Item: Sendable {
        var name: String
        var date: Instant
        var content: [UInt8]
    }

    private let folder: String
    private let name: String
    private let queue = DispatchQueue(label: "millrace.outbox")

    /// Makes a keeper; `name` is what names a message, in words.
    init(folder: String, naming name: String) {
        self.folder = folder
        self.name = name
    }

    /// Where a message is kept, whether it is there or not.
    func path(of name: String, date: Instant) -> String {
        "\(folder)/\(OutboxFolder.name(for: date))/\(name)"
    }

    /// Removes a kept message; false when there is none.
    func remove(_ name: String, date: Instant) throws -> Bool {
        if unlink(path(of: name, date: date)) == 0 { return true }
        guard errno == ENOENT else { throw OutboxError(doing: "removing a message") }
        return false
    }

    /// Keeps a batch; each folder is made durable once a batch.
    func keep(
        _ batch: [Item],
        mayStart: @escaping @Sendable () -> Bool
    ) async -> [DeliveryResult] {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: self.run(batch, mayStart: mayStart)) }
        }
    }

    private func run(_ batch: [Item], mayStart: () -> Bool) -> [DeliveryResult] {
        var days: [String: OutboxFolder] = [:]
        var results = batch.map { item in
            mayStart() ? keep(item, in: &days) : .notStarted
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

    private func keep(_ item: Item, in days: inout [String: OutboxFolder]) -> DeliveryResult {
        let name = OutboxFolder.name(for: item.date)
        do {
            let day = try days[name] ?? OutboxFolder(name, in: folder)
            days[name] = day
            guard try day.keep(item.content, as: item.name) else {
                return .alreadyHandedOver(reason: "The outbox holds this \(self.name) already.")
            }
            return .accepted(reply: "Kept in the outbox.")
        } catch {
            return .notHandedOver(reason: "\(error)")
        }
    }

    /// The files stand in the folder, and whether they outlive a power loss is not known.
    private func doubt(
        _ results: inout [DeliveryResult],
        of batch: [Item],
        on day: String,
        _ error: any Error
    ) {
        for index in batch.indices where OutboxFolder.name(for: batch[index].date) == day {
            guard case .accepted = results[index] else { continue }
            results[index] = .inDoubt(reason: "\(error)")
        }
    }
}
