// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Campaigns
import Common
import Database
import Millrace
import Tasks

extension CampaignCommand {
    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send what a stop held back."
        )

        @Argument(help: "The send's task.") var task: Int64
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let count = try await session.change("send.resume", of: "task \(task)") { transaction in
                try SendStore(session.workspace.id).resumeRest(
                    try session.send(task, in: transaction),
                    by: session.context,
                    in: transaction
                )
            }
            guard count > 0 else {
                return try session.output.show(Sentence(message: "Nothing was held back."))
            }
            try await session.finish(TaskID(task))
        }
    }

    struct Correct: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send another campaign to everyone whom a send reached."
        )

        @Argument(help: "The send's task.") var task: Int64
        @Option(help: "The campaign to send, such as a correction.") var with: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let name = with
            let started = try await session.change("send.correct", of: "task \(task)") {
                transaction in
                try SendStore(session.workspace.id).correct(
                    try session.send(task, in: transaction),
                    with: try CampaignStore(session.workspace.id)
                        .campaign(named: name, in: transaction),
                    by: session.context,
                    in: transaction
                ).task
            }
            try await session.finish(started)
        }
    }

    struct Analytics: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what a campaign came to: in all, and by link."
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let totals = try await session.installation.database.read { connection in
                let campaign = try CampaignStore(session.workspace.id)
                    .campaign(named: name, in: connection)
                return try CampaignAnalytics(session.workspace.id, campaign.id)
                    .totals(in: connection)
            }
            try session.output.show(AnalyticsView(totals))
        }
    }
}

extension Session {
    /// The send of a task.
    func send(_ task: Int64, in connection: Connection) throws -> SendID {
        let found = try SendStore(workspace.id).send(ofTask: TaskID(task), in: connection)
        guard let found else { throw CampaignError.noSuchSend }
        return found
    }
}

/// The counts of a campaign as the command line shows them.
struct AnalyticsView: Shown {
    var targeted: Int
    var sent: Int
    var notSent: [String: Int]
    var pending: Int
    var bounced: Int
    var opened: Int
    var clicked: Int
    var unsubscribed: Int
    var complained: Int
    var links: [String: Int]

    init(_ totals: CampaignTotals) {
        targeted = totals[.targeted]
        sent = totals[.sent]
        notSent = totals.details(of: .filtered).merging(totals.details(of: .inError)) { $0 + $1 }
        pending = totals.pending
        bounced = totals[.bounce]
        opened = totals[.open]
        clicked = totals[.click]
        unsubscribed = totals[.unsubscription]
        complained = totals[.complaint]
        links = totals.details(of: .link)
    }

    var lines: [String] {
        ["Targeted: \(targeted)", "Sent: \(sent)", "Pending: \(pending)"]
            + listed("Not sent", notSent)
            + [
                "Bounced: \(bounced)", "Opened: \(opened)", "Clicked: \(clicked)",
                "Unsubscribed: \(unsubscribed)", "Complained: \(complained)",
            ] + listed("Links", links)
    }

    private func listed(_ title: String, _ counts: [String: Int]) -> [String] {
        guard !counts.isEmpty else { return [] }
        return ["\(title):"]
            + counts.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }
    }
}
