// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database
import Foundation
import Messaging
import Synchronization
import TestSupport

extension World {
    var messages: MessageStore { MessageStore(World.workspace) }
    var scheduled: ScheduledSendStore { ScheduledSendStore(World.workspace) }

    /// Keeps a message on a channel.
    func message(_ content: MessageContent = .email(World.content)) throws -> StoredMessage {
        try write { transaction in
            try messages.create(name: "M", content, author: nil, by: context, in: transaction)
        }
    }

    static let text = MessageContent.sms(
        SMSContent(sender: "Shop", texts: ["en": "Hi {{firstName}}"])
    )

    /// Makes a list with some subscribers.
    func list(_ name: String = "news", of people: [ProfileID]) throws -> MailingList {
        try write { transaction in
            let list = try ListStore(World.workspace)
                .create(name: name, table: table.id, by: context, in: transaction)
            for person in people {
                try SubscriptionStore(World.workspace)
                    .set(
                        true,
                        of: person,
                        on: list,
                        Collection(),
                        table: table,
                        by: context,
                        in: transaction
                    )
            }
            return list
        }
    }

    /// Makes a search for a first name.
    func search(firstName: String) throws -> Search {
        try write { transaction in
            let json = #"{"attribute":"firstName","is":"\#(firstName)"}"#
            return try SearchStore(World.workspace, SearchCompiler()).create(
                name: "\(firstName)s",
                over: table,
                SearchExpression(text: json),
                by: context,
                in: transaction
            )
        }
    }

    /// Schedules a mail to a list.
    func schedule(
        to list: MailingList,
        _ content: MessageContent = .email(World.content),
        at moment: Instant? = nil,
        rate: Int? = nil
    ) throws -> ScheduledSend {
        let message = try message(content)
        let new = NewScheduledSend(
            "Spring",
            channel: content.channel,
            message: message.id,
            list: list.id,
            scheduledAt: moment ?? now,
            rate: rate
        )
        return try write { try scheduled.create(new, by: context, in: $0) }
    }

    func present(_ send: ScheduledSend) throws -> ScheduledSend {
        try read { try scheduled.scheduledSend(send.id, in: $0) }
    }

    @discardableResult
    func change(_ send: ScheduledSend, _ change: ScheduledSendChange) throws -> ScheduledSend {
        try write { try scheduled.change(send.id, change, by: context, in: $0) }
    }

    func receipt(_ send: ScheduledSend) throws -> SendReceipt {
        try read { try scheduled.receipt(of: send.id, in: $0) }
    }

    func statistics(_ send: ScheduledSend) throws -> SendStatistics {
        try read { connection in
            try ContactEvents(World.workspace).statistics(of: [send.id], in: connection)
        }[send.id] ?? SendStatistics()
    }

    /// The texts of all text messages in the outbox, sorted.
    func outboxTexts() throws -> [String] {
        let root = folder.path("outbox")
        guard FileManager.default.fileExists(atPath: root) else { return [] }
        return try FileManager.default.subpathsOfDirectory(atPath: root)
            .filter { $0.hasSuffix(".json") }
            .map { try String(contentsOfFile: "\(root)/\($0)", encoding: .utf8) }.sorted()
    }
}

/// The outbox, noting when each mail left.
final class TimedTransport: MessageTransport {
    private let world: World
    private let moments = Mutex<[Instant]>([])

    init(_ world: World) { self.world = world }

    /// When mails left, in order.
    var left: [Instant] { moments.withLock { $0 } }

    func deliver(
        _ batch: [OutgoingMail],
        mayStart: @escaping @Sendable () -> Bool
    ) async -> [DeliveryResult] {
        let results = await world.outbox.deliver(batch, mayStart: mayStart)
        let now = world.now
        moments.withLock { $0 += results.filter { $0 != .notStarted }.map { _ in now } }
        return results
    }
}
