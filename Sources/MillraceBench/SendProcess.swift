// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Campaigns
import Common
import Database
import Foundation
import Messaging
import Millrace
import Tasks

/// `send DATABASE FOLDER PORT SESSIONS [dkim]`: one send to everyone in the table, in a process of its
/// own, as the product does it: tracked, with a return path of its own a mail, signed when asked to.
///
/// Prints the seconds of the whole, the peak of memory in MB, and how many were sent. Port 0 plans only,
/// with all that can leave people out.
struct SendProcess {
    private let address: String
    private let folder: String
    private let port: Int
    private let sessions: Int
    private let signs: Bool

    init(_ arguments: [String]) {
        address = arguments[1]
        folder = arguments[2]
        port = Int(arguments[3]) ?? 0
        sessions = Int(arguments[4]) ?? 1
        signs = arguments.last == "dkim"
    }

    func run() async throws {
        let installation = try Installation(
            try configuration(),
            failpoints: port == 0 ? SendProcess.planOnly : .none
        )
        let workspace = try await BenchWorkspace.open(installation)
        if signs { try await addKey(installation, workspace) }
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

    private func configuration() throws -> Configuration {
        var configuration = Configuration(
            database: try DatabaseAddress(address),
            dataFolder: folder,
            relay: SMTPOptions(host: "127.0.0.1", port: max(port, 1), connections: sessions)
        )
        configuration.publicURL = "https://mail.sender.example"
        configuration.bounceAddress = EmailAddress("bounce@sender.example")
        return configuration
    }

    private func addKey(_ installation: Installation, _ workspace: WorkspaceID) async throws {
        let key = try DKIMKey(.ed25519)
        let secrets = try installation.secretStore(workspace)
        try await installation.database.write { transaction in
            let context = context(workspace, transaction)
            let store = DKIMStore(workspace)
            let made = try store.create(
                domain: "sender.example",
                selector: "bench",
                key,
                by: context,
                in: transaction
            )
            try secrets.set(
                made.secretName,
                to: Secret(key.reveal()),
                by: context,
                in: transaction
            )
            try store.setActive(made.id, true, in: transaction)
        }
    }

    private func context(_ workspace: WorkspaceID, _ transaction: Transaction) -> Context {
        Context(
            workspace: workspace,
            actor: "bench",
            source: .manualEdit,
            moment: transaction.moment
        )
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
            let context = context(workspace, transaction)
            let table = try ProfileTableStore(workspace).table(named: "profiles", in: transaction)
            let list = try ListStore(workspace)
                .create(name: "everyone", table: table.id, by: context, in: transaction)
            try subscribeAll(table, list, transaction)
            let new = NewCampaign(
                "Bench",
                table: table.id,
                content: SendProcess.content,
                list: list.id,
                rules: port == 0
                    ? try SendRules(workspace: workspace, context: context)
                        .prepare(table, in: transaction)
                    : CampaignRules()
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
