// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database

/// What can be done with a task beyond its 20 attributes (spec/api.md, "task", rule 8).
enum TaskActions {
    static let rate = ResourceAction(
        name: "rate",
        method: .post,
        target: .item,
        summary: "Set how many messages leave an hour, before or while it runs.",
        attributes: [
            .init("rate", .integer, "At most so many an hour; null for no limit.", example: 7_200)
                .orNull.requiredToPost
        ],
        run: .change { id, draft, change in
            try ScheduledSendStore(change.workspace).setRate(
                ScheduledSendID(id),
                to: try TaskAttributes.rate(draft),
                by: change.context,
                in: change.transaction
            )
            return ["id": .integer(id), "rate": draft.values["rate"] ?? .null]
        }
    )

    static let recipientTime = ResourceAction(
        name: "recipienttime",
        method: .post,
        target: .item,
        summary: "Send at a time of each recipient's own clock.",
        attributes: [
            .init("time", .text(limit: 5), "The local time; null for at once.", example: "09:00")
                .orNull.requiredToPost,
            .init(
                "zone",
                .text(limit: 64),
                "The zone of those whose profile names none; UTC unless given.",
                example: "Europe/Brussels"
            ).postable,
        ],
        run: .change { id, draft, change in
            let time = try time(draft)
            try ScheduledSendStore(change.workspace).setRecipientTime(
                ScheduledSendID(id),
                to: time,
                by: change.context,
                in: change.transaction
            )
            return [
                "id": .integer(id), "time": time.map { .string($0.time.description) } ?? .null,
                "zone": time.map { .string($0.zone.description) } ?? .null,
            ]
        }
    )

    static let receipt = ResourceAction(
        name: "receipt",
        method: .get,
        target: .item,
        summary: "Who got it and who did not: the counts, and one page of one of the three lists.",
        attributes: [
            .init(
                "list",
                .choice(["sent", "in_flight", "never_sent"]),
                "The list whose entries are wanted.",
                example: "never_sent"
            ).postable,
            .init("start", .integer, "The contact behind which the page begins.", example: 12)
                .postable,
        ],
        run: .read { id, draft, call, connection in
            let store = ScheduledSendStore(call.workspace)
            let receipt = try store.receipt(of: ScheduledSendID(id), in: connection)
            return .object(receipt.fields.merging(try entries(id, draft, store, connection)) { $1 })
        }
    )

    static let forecast = ResourceAction(
        name: "forecast",
        method: .get,
        target: .item,
        summary: "Who will get it, who will not and why, and when at this rate.",
        run: .direct { id, _, call in
            let forecast = try await ScheduledSendStore(call.workspace)
                .forecast(of: ScheduledSendID(id), on: call.services.database)
            return .ok(data: try JSONBytes(forecast.json).bytes)
        }
    )

    private static func time(_ draft: Draft) throws -> RecipientTime? {
        guard let text = draft.text("time") else { return nil }
        guard let time = TimeOfDay(text) else {
            throw Problem.unacceptable("time", "must be a time of day such as 09:00")
        }
        let name = draft.text("zone") ?? "UTC"
        guard let zone = Zone(name) else {
            throw Problem.unacceptable("zone", "must be an IANA time zone")
        }
        return RecipientTime(time, otherwiseIn: zone)
    }

    private static func entries(
        _ id: Int64,
        _ draft: Draft,
        _ store: ScheduledSendStore,
        _ connection: Connection
    ) throws -> [String: JSONValue] {
        let lists: [String: SendReceipt.List] = [
            "sent": .sent, "in_flight": .inFlight, "never_sent": .neverSent,
        ]
        guard let list = draft.text("list").flatMap({ lists[$0] }) else { return [:] }
        let found = try store.entries(
            list,
            of: ScheduledSendID(id),
            after: InteractionID(draft.integer("start") ?? 0),
            in: connection
        )
        return [
            "entries": .array(
                found.map { entry in
                    [
                        "contact_id": .integer(entry.id.value),
                        "subscriber_id": .integer(entry.profile.value),
                        "address": entry.address.map(JSONValue.string) ?? .null,
                        "status": entry.status.map(JSONValue.string) ?? .null,
                    ]
                }
            )
        ]
    }
}

extension SendReceipt {
    fileprivate var fields: [String: JSONValue] {
        [
            "targeted": .integer(Int64(targeted)), "sent": .integer(Int64(sent)),
            "in_flight": .integer(Int64(inFlight)), "never_sent": .integer(Int64(neverSent)),
            "excluded": .integer(Int64(excluded)), "final": .boolean(isFinal),
        ]
    }
}

extension SendForecast {
    fileprivate var json: JSONValue {
        func seconds(_ moment: Instant?) -> JSONValue {
            moment.map { .number(Double($0.microseconds) / 1_000_000) } ?? .null
        }
        return [
            "targeted": .integer(Int64(targeted)), "recipients": .integer(Int64(recipients)),
            "excluded": .object(excluded.mapValues { .integer(Int64($0)) }),
            "first": seconds(firstAt), "last": seconds(lastAt),
        ]
    }
}
