// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database
import Files

/// What can be done with the files of campaigns for print, call centers and audiences.
enum FileActions {
    static let download = ResourceAction(
        name: "download",
        method: .post,
        target: .item,
        summary: "Take the contacts that are ready and were not taken yet, as CSV.",
        attributes: [
            .init("all", .boolean, "Also those that were taken before.", example: true).postable
        ],
        mediaType: "text/csv",
        run: .direct { id, draft, call in
            let database = call.services.database
            let workspace = call.workspace
            let all = draft.boolean("all") ?? false
            let tick = try await ChangeClock(database).tick()
            let (bytes, name) = try await database.blocking {
                let (file, name) = try database.readBlocking { connection in
                    let campaign = try CampaignStore(workspace)
                        .campaign(CampaignID(id), in: connection)
                    return (
                        try ContactFile(workspace, campaign, asOf: tick, in: connection),
                        campaign.technicalName
                    )
                }
                let bytes = try TemporaryDownload()
                _ = try file.write(from: database, all: all) { try bytes.write($0) }
                try file.take(in: database)
                return (bytes, name)
            }
            return bytes.answer(name: "\(name).csv", mediaType: "text/csv")
        }
    )

    static let drop = ResourceAction(
        name: "drop",
        method: .post,
        target: .item,
        summary: "Drop its file each day on a location; without a location, no more.",
        attributes: [
            .init("location_id", .integer, "The location; null for none.", example: 1)
                .orNull.requiredToPost,
            .init("time", .text(limit: 5), "The time of day; 06:00 unless given.", example: "06:00")
                .postable,
            .init(
                "zone",
                .text(limit: 64),
                "The zone of that time; UTC unless given.",
                example: "Europe/Brussels"
            ).postable,
        ],
        run: .change { id, draft, change in
            let store = FileDropStore(change.workspace)
            guard let location = draft.integer("location_id") else {
                try store.remove(CampaignID(id), in: change.transaction)
                return ["id": .integer(id), "location_id": .null]
            }
            let found = try change.services.locations
                .find(LocationID(location), change.workspace, in: change.transaction)
            guard let time = TimeOfDay(draft.text("time") ?? "06:00") else {
                throw Problem.unacceptable("time", "must be a time of day such as 06:00")
            }
            guard let zone = Zone(draft.text("zone") ?? "UTC") else {
                throw Problem.unacceptable("zone", "must be an IANA time zone")
            }
            try store.set(
                FileDrop(campaign: CampaignID(id), location: found.id, time: time, zone: zone),
                by: change.context,
                in: change.transaction
            )
            return [
                "id": .integer(id), "location_id": .integer(location),
                "time": .string(time.description), "zone": .string(zone.name),
            ]
        }
    )

    static let dropNow = ResourceAction(
        name: "dropnow",
        method: .post,
        target: .item,
        summary: "Drop its file once more, now.",
        status: 202,
        run: .change { id, _, change in
            let campaign = try CampaignStore(change.workspace)
                .campaign(CampaignID(id), in: change.transaction)
            let task = try FileDropStore(change.workspace)
                .dropNow(campaign, by: change.context, in: change.transaction)
            return ["task_id": .integer(task.value)]
        }
    )
}
