// SPDX-License-Identifier: Apache-2.0
import Accounts
import Campaigns
import Common
import Database
import Messaging

extension Resource {
    /// `/v1/task`: a scheduled send (spec/api.md, "task").
    static let task = Resource(
        name: "task",
        summary: "A message that goes to a list or a search at a time.",
        attributes: TaskAttributes.all,
        listing: ScheduledSendStore.listing,
        scope: .sends,
        visible: { $0.ownMessages },
        fill: { ids, call, connection in
            try TaskAttributes.statistics(ids, call.workspace, connection)
        },
        create: { draft, change in
            let message = StoredMessageID(draft.integer("message_id") ?? 0)
            try TaskAttributes.requireOwn(message, change)
            let new = NewScheduledSend(
                draft.text("name") ?? "",
                channel: draft.text("channel").flatMap(Channel.init) ?? .email,
                message: message,
                list: draft.integer("list_id").map { ListID($0) },
                search: draft.integer("search_id").map { SearchID($0) },
                scheduledAt: draft.moment("scheduledtime") ?? change.transaction.moment,
                rate: try TaskAttributes.rate(draft)
            )
            return try ScheduledSendStore(change.workspace)
                .create(new, by: change.context, in: change.transaction).id.value
        },
        update: { id, draft, change in
            var wanted = ScheduledSendChange()
            wanted.name = draft.text("name")
            wanted.isCancelled = draft.boolean("cancelled")
            let list: ListID? = draft.integer("list_id").map { ListID($0) }
            if draft.has("list_id") { wanted.list = .some(list) }
            let search: SearchID? = draft.integer("search_id").map { SearchID($0) }
            if draft.has("search_id") { wanted.search = .some(search) }
            wanted.scheduledAt = draft.moment("scheduledtime")
            try ScheduledSendStore(change.workspace)
                .change(ScheduledSendID(id), wanted, by: change.context, in: change.transaction)
        },
        settle: { id, draft, call in
            guard draft.boolean("cancelled") == true else { return }
            _ = try await ScheduledSendStore(call.workspace)
                .settle(ScheduledSendID(id), on: call.services.database)
        },
        actions: [
            TaskActions.rate, TaskActions.recipientTime, TaskActions.receipt, TaskActions.forecast,
        ]
    )
}

/// The 20 attributes of a task, in the order of its keys.
enum TaskAttributes {
    static let all: [ResourceAttribute] = [
        .id,
        .init("cancelled", .boolean, "Whether someone stopped it.", example: false)
            .filterable.changeable,
        .init(
            "channel",
            .choice(Channel.allCases.filter { !$0.isFile }.map(\.rawValue)),
            "The channel.",
            example: "email"
        ).filterable.requiredToPost,
        .init("completed", .boolean, "Whether it ended by itself.", example: false).filterable,
        statistic("emailuniquebounces", "bounced", "emailZero"),
        statistic("emailuniqueclicks", "clicked", "emailZero"),
        statistic("emailuniqueopens", "opened", "emailZero"),
        statistic("emailuniqueunsubscriptions", "unsubscribed", "emailZero"),
        statistic("emailuniquecomplaints", "complained", "emailZero"),
        .init("endtime", .moment, "When it finished or was cancelled.", example: .null)
            .orNull.sortable.from("endedAt"),
        .init("list_id", .integer, "The list; one of list and search is given.", example: 1)
            .orNull.filterable.postable.changeable.from("list"),
        .init("message_id", .integer, "The message.", example: 4)
            .filterable.requiredToPost.from("message"),
        .init("name", .text(limit: 255), "Its name.", example: "Spring")
            .filterable.sortable.requiredToPost.changeable,
        .init("rate", .integer, "At most so many messages an hour.", example: 3_600)
            .orNull.postable,
        .init(
            "scheduledtime",
            .moment,
            "The wanted start; the past is now.",
            example: 1_780_000_000
        )
        .sortable.requiredToPost.changeable.from("scheduledAt"),
        .init("search_id", .integer, "The search.", example: .null)
            .orNull.postable.changeable.from("search"),
        .init("size", .integer, "Recipients when it was made.", example: 1_204),
        statistic("smsuniquebounces", "were not delivered", "smsZero"),
        .init("splittest_id", .integer, "The split test.", example: .null).orNull.from("splitTest"),
        .init("cdate", .moment, "When it was made.", example: 1_780_000_000)
            .sortable.from("createdAt"),
    ]

    private static func statistic(
        _ name: String,
        _ verb: String,
        _ column: String
    ) -> ResourceAttribute {
        ResourceAttribute(name, .integer, "How many recipients \(verb).", example: 0)
            .orNull.filled.from(column)
    }

    /// What the statistics count; on the other channel they stay null.
    private static let events: [(name: String, event: ContactEvent)] = [
        ("emailuniquebounces", .bounce), ("emailuniqueclicks", .click),
        ("emailuniqueopens", .open), ("emailuniqueunsubscriptions", .unsubscription),
        ("emailuniquecomplaints", .complaint), ("smsuniquebounces", .bounce),
    ]

    /// What has happened, by attribute.
    static func statistics(
        _ ids: [Int64],
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws -> [Int64: [String: Int64]] {
        let found = try ContactEvents(workspace)
            .statistics(of: ids.map { ScheduledSendID($0) }, in: connection)
        var values: [Int64: [String: Int64]] = [:]
        for (id, counts) in found {
            for (name, event) in events where counts[event] > 0 {
                values[id.value, default: [:]][name] = Int64(counts[event])
            }
        }
        return values
    }

    static func rate(_ draft: Draft) throws -> Int? {
        guard let rate = draft.integer("rate") else { return nil }
        guard (1...Int64(ScheduledSendRules.highestRate)).contains(rate) else {
            throw Problem.unacceptable(
                "rate",
                "must be from 1 to \(ScheduledSendRules.highestRate)"
            )
        }
        return Int(rate)
    }

    /// Refuses messages of others for users who may see only their own (rule 5).
    static func requireOwn(_ id: StoredMessageID, _ change: Change) throws {
        let user = change.call.caller.user
        guard !user.role.allows(.seeAllMessages) else { return }
        let message = try? MessageStore(change.workspace).message(id, in: change.transaction)
        guard message?.author == user.id else {
            throw Problem.unacceptable("message_id", ": there is no message \(id)")
        }
    }
}
