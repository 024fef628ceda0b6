// SPDX-License-Identifier: Apache-2.0
import Accounts
import Campaigns
import Common
import Database

extension Resource {
    /// `/v1/splitTest`: up to five messages that are compared on a part of a target.
    static let splitTest = Resource(
        name: "splitTest",
        summary: "Two to five messages compared on a part of a target; the best goes to the rest.",
        attributes: SplitTestAttributes.all,
        listing: SplitTestStore.listing,
        scope: .sends,
        // It compares messages of several people.
        readPermission: .seeAllMessages,
        create: { draft, change in
            let new = try SplitTestAttributes.new(draft, at: change.transaction.moment)
            for message in new.messages { try TaskAttributes.requireOwn(message, change) }
            return try SplitTestStore(change.workspace)
                .create(new, by: change.context, in: change.transaction).id.value
        },
        update: { id, draft, change in
            var wanted = SplitTestChange()
            wanted.name = draft.text("name")
            wanted.isCancelled = draft.boolean("cancelled")
            wanted.scheduledAt = draft.moment("scheduledtime")
            wanted.criterion = draft.text("criterion").flatMap(SplitCriterion.init)
            wanted.delayHours = draft.integer("delay").map { Int(clamping: $0) }
            wanted.action = draft.text("action").flatMap(SplitAction.init)
            wanted.tie = draft.text("tie").flatMap(SplitTie.init)
            try SplitTestStore(change.workspace)
                .change(SplitTestID(id), wanted, by: change.context, in: change.transaction)
        },
        settle: { id, draft, call in
            guard draft.boolean("cancelled") == true else { return }
            let database = call.services.database
            let test = try await database.read { connection in
                try SplitTestStore(call.workspace).splitTest(SplitTestID(id), in: connection)
            }
            for send in test.sends + [test.winnerSend].compactMap(\.self) {
                _ = try await ScheduledSendStore(call.workspace).settle(send, on: database)
            }
        }
    )
}

/// The attributes of a split test, in the order of its keys.
private enum SplitTestAttributes {
    static let all: [ResourceAttribute] = [
        .id,
        .init("name", .text(limit: 255), "Its name.", example: "Which subject")
            .filterable.sortable.requiredToPost.changeable,
        .init("channel", .choice(["email", "sms"]), "The channel.", example: "email")
            .filterable.postable,
        .init("list_id", .integer, "The list; one of list and search is given.", example: 1)
            .orNull.filterable.postable.from("list"),
        .init("search_id", .integer, "The search.", example: .null)
            .orNull.filterable.postable.from("search"),
        .init("message_ids", .several(.integer), "Two to five messages.", example: [4, 5])
            .requiredToPost.from("messages"),
        .init(
            "share_type",
            .choice(["percentage", "number"]),
            "Whether the share is of a hundred, or a number of recipients in all.",
            example: "percentage"
        ).postable.from("shareType"),
        .init("share", .integer, "How many take part in the test.", example: 20).requiredToPost,
        .init(
            "criterion",
            .choice(SplitCriterion.allCases.map(\.rawValue)),
            "By what the messages are compared.",
            example: "open"
        ).postable.changeable,
        .init("delay", .integer, "Hours after the last test message.", example: 4)
            .requiredToPost.changeable,
        .init(
            "action",
            .choice(SplitAction.allCases.map(\.rawValue)),
            "Whether the winner goes to the rest.",
            example: "targetwinner"
        ).postable.changeable,
        .init(
            "tie",
            .choice(SplitTie.allCases.map(\.rawValue)),
            "Whether the first of equals wins, or none.",
            example: "first"
        ).postable.changeable,
        .init("scheduledtime", .moment, "The start; the past is now.", example: 1_780_000_000)
            .sortable.requiredToPost.changeable.from("scheduledAt"),
        .init(
            "state",
            .choice(SplitState.allCases.map(\.rawValue)),
            "Where it stands.",
            example: "testing"
        ).filterable,
        .init("cancelled", .boolean, "Whether someone stopped it.", example: false)
            .filterable.changeable,
        .init("task_ids", .several(.integer), "The tasks of its messages.", example: [2209, 2210])
            .from("tasks"),
        .init("winner_message_id", .integer, "The message that won.", example: .null)
            .orNull.from("winnerMessage"),
        .init("tied", .boolean, "Whether several were equally good.", example: .null)
            .orNull,
        .init("winner_task_id", .integer, "The task of the winner.", example: .null)
            .orNull.from("winnerTask"),
        .init("endtime", .moment, "When it was decided or cancelled.", example: .null)
            .orNull.sortable.from("endedAt"),
        .init("cdate", .moment, "When it was made.", example: 1_780_000_000)
            .sortable.from("createdAt"),
    ]

    static func new(_ draft: Draft, at now: Instant) throws -> NewSplitTest {
        let messages = try draft.structure("message_ids", as: [Int64].self) ?? []
        let share = Int(clamping: draft.integer("share") ?? 0)
        var new = NewSplitTest(
            draft.text("name") ?? "",
            messages: messages.map { StoredMessageID($0) },
            list: draft.integer("list_id").map { ListID($0) },
            search: draft.integer("search_id").map { SearchID($0) },
            share: draft.text("share_type") == "number" ? .number(share) : .percentage(share),
            delayHours: Int(clamping: draft.integer("delay") ?? 0),
            scheduledAt: draft.moment("scheduledtime") ?? now
        )
        new.channel = draft.text("channel").flatMap(Channel.init) ?? .email
        if new.channel == .sms { new.criterion = .click }
        if let criterion = draft.text("criterion").flatMap(SplitCriterion.init) {
            new.criterion = criterion
        }
        new.action = draft.text("action").flatMap(SplitAction.init) ?? .targetwinner
        new.tie = draft.text("tie").flatMap(SplitTie.init) ?? .first
        return new
    }
}
