// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Audience
import Campaigns
import Common
import Database
import Foundation
import Messaging
import Millrace
import Tasks

struct CampaignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "campaign",
        abstract: "Campaigns: create, activate, finish, execute, list, preview, test.",
        subcommands: [
            Create.self, CreateFile.self, Activate.self, Finish.self, List.self, Execute.self,
            Resend.self, Preview.self, Test.self, Resume.self, Correct.self, Analytics.self,
            Download.self, Drop.self,
        ]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create an API-triggered e-mail campaign as a draft."
        )

        @Argument(help: "Its name.") var name: String
        @Option(help: "The mail, JSON: sender, variants by language, defaults.") var content: String
        @Option(help: "The profile table.") var table = "profiles"
        @Option(help: "The list that recipients must be subscribed to.") var list: String?
        @Option(help: "oneShot, scenarized or transactional.") var kind = "scenarized"
        @Option(help: "The share of people who get nothing, for comparison, in percent.")
        var control = 0.0
        @Flag(help: "Send to an address as often as it has profiles.") var everyProfile = false
        @Option(help: "The saved search that recipients must match.") var search: String?
        @Flag(help: "Send whatever the commercial pressure, and add nothing to it.")
        var exempt = false
        @Option(help: "As how many messages one counts for the commercial pressure.") var weight = 1
        @Option(help: "Profiles a day that a transactional campaign reaches without filters.")
        var unfiltered: Int?
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            guard let kind = CampaignKind(rawValue: kind), kind != .abTest else {
                throw ValidationError("\(kind) is none of oneShot, scenarized, transactional")
            }
            guard let text = try? String(contentsOfFile: content, encoding: .utf8) else {
                throw CommandFailure("\(content) cannot be read")
            }
            let mail = try Self.mail(text, content)
            let made = try await session.change("campaign.create", of: name) { transaction in
                let table = try ProfileTableStore(session.workspace.id)
                    .table(named: table, in: transaction)
                let list = try list.map {
                    try ListStore(session.workspace.id).list(named: $0, in: transaction).id
                }
                let search = try search.map { name in
                    try SearchStore(session.workspace.id, SearchCompiler())
                        .search(named: name, in: transaction).id
                }
                let new = NewCampaign(
                    name,
                    table: table.id,
                    kind: kind,
                    content: mail,
                    list: list,
                    rules: CampaignRules(
                        sendsOncePerAddress: !everyProfile,
                        controlPercent: control,
                        search: search,
                        isExemptFromPressure: exempt,
                        pressureWeight: weight,
                        unfilteredQuota: unfiltered
                    )
                )
                return try CampaignStore(session.workspace.id)
                    .create(new, by: session.context, in: transaction)
            }
            try session.output.show(CampaignView(made))
        }

        private static func mail(_ text: String, _ path: String) throws -> EmailContent {
            do {
                return try JSONText.decode(EmailContent.self, from: text)
            } catch DecodingError.keyNotFound(let key, _) {
                throw CommandFailure("\(path) has no \(key.stringValue)")
            } catch DecodingError.typeMismatch(_, let context) {
                let key = context.codingPath.map(\.stringValue).joined(separator: ".")
                throw CommandFailure("\(path): \(key) has another type than it should")
            } catch {
                throw CommandFailure("\(path) is no JSON")
            }
        }
    }

    struct Activate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a campaign send.")

        @Argument(help: "Its name.") var name: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            try await common.session().changeCampaign("activate", name) {
                store,
                campaign,
                context,
                transaction in
                try store.activate(campaign.id, by: context, in: transaction)
            }
        }
    }

    struct Finish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a campaign: it sends no more."
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            try await common.session().changeCampaign("finish", name) {
                store,
                campaign,
                context,
                transaction in
                try store.finish(campaign.id, by: context, in: transaction)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List campaigns, newest first.")

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let all = try await session.installation.database.read { connection in
                try CampaignStore(session.workspace.id).all(in: connection)
            }
            try session.output.show(all.map { CampaignView($0) }, empty: "There is no campaign.")
        }
    }

    struct Execute: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a campaign to a list, or to the profiles with these business keys."
        )

        @Argument(help: "Its name.") var name: String
        @Option(help: "The list.") var list: String?
        @Option(help: "A business key; repeatable.") var profile: [String] = []
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            guard (list == nil) != profile.isEmpty else {
                throw ValidationError("give either --list or --profile")
            }
            let task = try await session.change("campaign.execute", of: name) { transaction in
                let campaign = try CampaignStore(session.workspace.id)
                    .campaign(named: name, in: transaction)
                guard campaign.state == .active else { throw CampaignError.notActive(name) }
                return try SendStore(session.workspace.id).start(
                    campaign,
                    try audience(campaign, session, transaction),
                    by: session.context,
                    in: transaction
                ).task
            }
            try await session.finish(task)
        }

        private func audience(
            _ campaign: Campaign,
            _ session: Session,
            _ connection: Connection
        ) throws -> SendAudience {
            if let list {
                return .list(
                    try ListStore(session.workspace.id).list(named: list, in: connection).id
                )
            }
            let table = try ProfileTableStore(session.workspace.id)
                .table(campaign.table, in: connection)
            return .profiles(
                try profile.map { try session.profile($0, in: table, connection).id }
            )
        }
    }

    struct Resend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Send again what is in doubt in a send: you accept that some may get it twice."
        )

        @Argument(help: "The send's task.") var task: Int64
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let count = try await session.change("send.resend", of: "task \(task)") { transaction in
                let store = SendStore(session.workspace.id)
                guard let send = try store.send(ofTask: TaskID(task), in: transaction) else {
                    throw CampaignError.noSuchSend
                }
                return try store.resendInDoubt(send, by: session.context, in: transaction)
            }
            guard count > 0 else {
                return try session.output.show(Sentence(message: "Nothing is in doubt."))
            }
            try await session.finish(TaskID(task))
        }
    }
}

/// A campaign as the command line shows it.
struct CampaignView: Shown {
    var id: Int64
    var name: String
    var technicalName: String
    var channel: String
    var kind: String
    var state: String

    init(_ campaign: Campaign) {
        id = campaign.id.value
        name = campaign.displayName
        technicalName = campaign.technicalName
        channel = campaign.channel.rawValue
        kind = campaign.kind.rawValue
        state = campaign.state.rawValue
    }

    var lines: [String] { ["\(id)  \(name) (\(technicalName)): \(channel), \(kind), \(state)"] }
}

extension Session {
    /// Changes a campaign and shows it.
    func changeCampaign(
        _ verb: String,
        _ name: String,
        _ body: @escaping @Sendable (CampaignStore, Campaign, Context, Transaction) throws -> Void
    ) async throws {
        let changed = try await change("campaign.\(verb)", of: name) { transaction in
            let store = CampaignStore(workspace.id)
            let campaign = try store.campaign(named: name, in: transaction)
            try body(store, campaign, context, transaction)
            return try store.campaign(campaign.id, in: transaction)
        }
        try output.show(CampaignView(changed))
    }
}
