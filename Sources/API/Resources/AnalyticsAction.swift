// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database

extension CampaignActions {
    /// What a campaign came to: totals, runs, links, hours.
    ///
    /// Reads counts, never contacts.
    static let analytics = ResourceAction(
        name: "analytics",
        method: .get,
        target: .item,
        summary: "Its counts: in all, by run, by link, and by hour.",
        attributes: [
            .init("from", .moment, "Hours from then; a week before now unless given.", example: 0)
                .postable,
            .init("until", .moment, "Hours before then; now unless given.", example: 0).postable,
        ],
        run: .read { id, draft, call, connection in
            let campaign = try CampaignStore(call.workspace)
                .campaign(CampaignID(id), in: connection)
            let analytics = CampaignAnalytics(call.workspace, campaign.id)
            let now = call.services.database.time.now()
            let totals = try analytics.totals(in: connection)
            let hours = try analytics.hours(
                from: draft.moment("from") ?? now - .days(7),
                until: draft.moment("until") ?? now + .hours(1),
                in: connection
            )
            return [
                "id": .integer(id), "totals": totals.json,
                "links": .object(totals.details(of: .link).mapValues { .integer(Int64($0)) }),
                "runs": .array(
                    try analytics.runs(in: connection).map { run in
                        [
                            "send_id": .integer(run.send.value),
                            "task_id": run.task.map { .integer($0.value) } ?? .null,
                            "started": .number(Double(run.startedAt.microseconds) / 1_000_000),
                            "totals": run.totals.json,
                        ]
                    }
                ), "hours": .array(hours.map(\.json)),
            ]
        }
    )
}

extension CampaignTotals {
    /// The totals as an object.
    var json: JSONValue {
        func count(_ name: CampaignMeasure.Name) -> JSONValue { .integer(Int64(self[name])) }
        func counts(_ name: CampaignMeasure.Name) -> JSONValue {
            .object(details(of: name).mapValues { .integer(Int64($0)) })
        }
        return [
            "targeted": count(.targeted), "sent": count(.sent), "ready": count(.ready),
            "filtered": counts(.filtered), "in_error": counts(.inError),
            "in_doubt": count(.inDoubt), "stopped": count(.stopped),
            "pending": .integer(Int64(pending)), "bounced": count(.bounce),
            "bounces": counts(.bounce), "opened": count(.open), "clicked": count(.click),
            "unsubscribed": count(.unsubscription), "complained": count(.complaint),
            "delivered": count(.delivered), "stops": count(.stop),
            "downloaded": count(.downloaded),
        ]
    }
}

extension CampaignHour {
    /// The hour with what is counted in it.
    fileprivate var json: JSONValue {
        func count(_ name: CampaignMeasure.Name) -> JSONValue { .integer(Int64(totals[name])) }
        return [
            "hour": .number(Double(hour.microseconds) / 1_000_000), "sent": count(.sent),
            "bounced": count(.bounce), "opened": count(.open), "clicked": count(.click),
            "unsubscribed": count(.unsubscription), "complained": count(.complaint),
        ]
    }
}
