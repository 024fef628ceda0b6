// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database
import Foundation
import Messaging
import Millrace
import Tasks

/// `send DATABASE FOLDER PORT SESSIONS`: one send to everyone in the table, in a process of its own,
/// as the product does it.
///
/// Prints the seconds of the planning, those of the hand-over, and how many were sent. Port 0 plans
/// only.
struct SendProcess {
    private let address: String
    private let folder: String
    private let port: Int
    private let sessions: Int

    init(_ arguments: [String]) {
        address = arguments[1]
        folder = arguments[2]
        port = Int(arguments[3]) ?? 0
        sessions = Int(arguments[4]) ?? 1
    }

    func run() async throws {
        let relay = SMTPOptions(host: "127.0.0.1", port: max(port, 1), connections: sessions)
        let installation = try Installation(
            Configuration(
                database: DatabaseAddress(address),
                dataFolder: folder,
                relay: relay
            ),
            failpoints: port == 0 ? SendProcess.planOnly : .none
        )
        let workspace = try await BenchWorkspace.open(installation)
        let (send, task) = try await start(installation, workspace)
        let began = Date()
        if port == 0 {
            _ = try? await installation.worker.run(task, of: workspace)
            print("\(Date().timeIntervalSince(began)) 0 0")
            return
        }
        try await installation.worker.run(task, of: workspace)
        let seconds = Date().timeIntervalSince(began)
        let ledger = try await installation.database.read { connection in
            try SendStore(workspace).ledger(of: send, in: connection)
        }
        print("\(seconds) \(BenchWorkspace.peakMegabytes()) \(ledger.sent)")
    }

    /// Stops where the planning has ended.
    private static let planOnly = Failpoints { place in
        if place == "send.planned" { throw BenchError.importFailed("planned") }
    }

    private func start(
        _ installation: Installation,
        _ workspace: WorkspaceID
    ) async throws -> (send: SendID, task: TaskID) {
        try await installation.database.write { transaction in
            let context = Context(
                workspace: workspace,
                actor: "bench",
                source: .manualEdit,
                moment: transaction.moment
            )
            let table = try ProfileTableStore(workspace).table(named: "profiles", in: transaction)
            let list = try ListStore(workspace)
                .create(name: "everyone", table: table.id, by: context, in: transaction)
            try subscribeAll(table, list, transaction)
            let new = NewCampaign(
                "Bench",
                table: table.id,
                content: SendProcess.content,
                list: list.id
            )
            let store = CampaignStore(workspace)
            let campaign = try store.create(new, by: context, in: transaction)
            try store.activate(campaign.id, by: context, in: transaction)
            return try SendStore(workspace).start(
                try store.campaign(campaign.id, in: transaction),
                .list(list.id),
                by: context,
                in: transaction
            )
        }
    }

    /// Straight into the tables: how people got on the list is no part of the figure.
    private func subscribeAll(
        _ table: ProfileTable,
        _ list: MailingList,
        _ transaction: Transaction
    ) throws {
        guard let permission = table.attribute(.emailEnabled)?.column else { return }
        try transaction.execute("UPDATE \(table.physicalName) SET \(permission) = $1", [true])
        try transaction.execute(
            """
            INSERT INTO subscription (workspace_id, list_id, profile_id, is_subscribed,
                is_confirmed, changed_at)
            SELECT $1, $2, p.id, $3, $4, $5 FROM \(table.physicalName) p WHERE true
            """,
            [table.workspace, list.id, true, true, transaction.moment]
        )
    }

    /// A personalised mail with some paragraphs, about 2,000 bytes once built.
    static let content = EmailContent(
        senderAddress: "news@sender.example",
        variants: [
            "en": EmailVariant(
                subject: "{{firstName}}, news from {{city}}",
                html: """
                    <html><body><h1>Hello {{firstName}} {{lastName}}</h1>
                    <p>You have {{loyaltyPoints}} points. This is what is new in {{city}} and
                    around it, picked for you, with a few words about each of the things.</p>
                    <p><a href="https://shop.example/{{city}}?c={{userId}}">To the shop</a></p>
                    <p>\(String(repeating: "Some more words that stand in every mail. ", count: 12))
                    </p></body></html>
                    """
            )
        ],
        defaultLanguage: "en",
        defaults: ["firstName": "friend", "lastName": "", "city": "town", "loyaltyPoints": "0"]
    )
}
