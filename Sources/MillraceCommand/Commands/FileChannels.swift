// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Audience
import Campaigns
import Common
import Database
import Files
import Foundation
import Millrace
import Tasks

extension CampaignCommand {
    struct CreateFile: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a campaign for print, a call center or an audience as a draft."
        )

        @Argument(help: "Its name.") var name: String
        @Option(help: "print, callCenter or customAudience.") var channel: String
        @Option(help: "The attributes in each line of its file, with commas between them.")
        var columns: String
        @Option(help: "The profile table.") var table = "profiles"
        @Option(help: "The list that people must be subscribed to.") var list: String?
        @Option(help: "The share of people who are left out, for comparison, in percent.")
        var control = 0.0
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            guard let channel = Channel(rawValue: channel), channel.isFile else {
                throw ValidationError("\(channel) is none of print, callCenter, customAudience")
            }
            let layout = FileLayout(
                columns: columns.split(separator: ",").map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
            )
            let made = try await session.change("campaign.create", of: name) { transaction in
                let table = try ProfileTableStore(session.workspace.id)
                    .table(named: table, in: transaction)
                let list = try list.map {
                    try ListStore(session.workspace.id).list(named: $0, in: transaction).id
                }
                let new = NewCampaign(
                    name,
                    table: table.id,
                    kind: .scenarized,
                    initiation: .api,
                    message: .file(channel, layout),
                    list: list,
                    rules: CampaignRules(controlPercent: control)
                )
                return try CampaignStore(session.workspace.id)
                    .create(new, by: session.context, in: transaction)
            }
            try session.output.show(CampaignView(made))
        }
    }

    struct Download: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take the contacts of a campaign's file that are ready, as CSV."
        )

        @Argument(help: "Its name.") var name: String
        @Option(help: "The file to write.") var output: String
        @Flag(help: "Also those that were taken before.") var all = false
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let database = session.installation.database
            let workspace = session.workspace.id
            let tick = try await ChangeClock(database).tick()
            let file = try await session.change("campaign.download", of: name) { transaction in
                let campaign = try CampaignStore(workspace).campaign(named: name, in: transaction)
                return try ContactFile(workspace, campaign, asOf: tick, in: transaction)
            }
            let (path, all) = (output, all)
            let lines = try await database.blocking {
                let options = [FileAttributeKey.posixPermissions: 0o600]
                guard
                    FileManager.default
                        .createFile(atPath: path, contents: nil, attributes: options),
                    let handle = FileHandle(forWritingAtPath: path)
                else { throw CommandFailure("\(path) cannot be written") }
                let lines = try file.write(from: database, all: all) {
                    try handle.write(contentsOf: Data($0))
                }
                try handle.synchronize()
                try handle.close()
                try file.take(in: database)
                return lines
            }
            try session.output.show(Sentence(message: "\(lines) contacts in \(path)."))
        }
    }

    struct Drop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Drop a campaign's file each day on a location."
        )

        @Argument(help: "Its name.") var name: String
        @Option(help: "The location; without it, no further file is dropped.")
        var location: String?
        @Option(help: "The time of day.") var at = "06:00"
        @Option(help: "The zone of that time.") var zone = "UTC"
        @Flag(help: "Drop what is ready now, besides.") var now = false
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            guard let time = TimeOfDay(at) else { throw ValidationError("\(at) is no time") }
            guard let zone = Zone(zone) else { throw ValidationError("\(zone) is no zone") }
            let workspace = session.workspace.id
            let (location, now) = (location, now)
            let task = try await session.change("campaign.drop", of: name) {
                transaction -> TaskID? in
                let campaign = try CampaignStore(workspace).campaign(named: name, in: transaction)
                let store = FileDropStore(workspace)
                guard let location else {
                    try store.remove(campaign.id, in: transaction)
                    return nil
                }
                let found = try session.installation.locations
                    .find(named: location, workspace, in: transaction)
                let drop = FileDrop(
                    campaign: campaign.id,
                    location: found.id,
                    time: time,
                    zone: zone
                )
                try store.set(drop, by: session.context, in: transaction)
                guard now else { return nil }
                return try store.dropNow(campaign, by: session.context, in: transaction)
            }
            if let task { return try await session.finish(task) }
            let words = location.map {
                "The file goes to \($0) each day at \(time) (\(zone.name))."
            }
            try session.output.show(Sentence(message: words ?? "No further file is dropped."))
        }
    }
}
