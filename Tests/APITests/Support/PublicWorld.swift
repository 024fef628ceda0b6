// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Campaigns
import Common
import Database
import Foundation
import Logging
import Messaging
import Millrace
import Tasks
import TestSupport
import Testing

/// An installation with a public listener on a port of its own, and one mail that was sent.
final class PublicWorld: Sendable {
    let installation: Installation
    let workspace: Workspace
    let log = LogRecorder()
    private let place: DatabasePlace
    private let folder: TemporaryFolder

    /// Calls a closure with a world and the port of its listener, and ends the listener behind it.
    static func with(
        _ engine: TestEngine,
        requestsPerSecond: Double = 0,
        time: any TimeSource = SystemTime(),
        _ body: (PublicWorld, Int) async throws -> Void
    ) async throws {
        let world = try await PublicWorld(engine, time)
        var options = ServerOptions()
        options.port = 0
        options.requestsPerSecond = requestsPerSecond
        let recorder = world.log
        let server = PublicServer(
            world.installation.publicServices,
            options: options,
            logger: Logger(label: "test") { _ in recorder }
        )
        let running = try await RunningServer { try await server.run(onServing: $0) }
        let result = await Result { try await body(world, running.port) }
        try? await running.end()
        try result.get()
    }

    private init(_ engine: TestEngine, _ time: any TimeSource) async throws {
        place = try engine.place(migrations: MillraceSchema.migrations)
        folder = try TemporaryFolder()
        var configuration = Configuration(
            database: place.address,
            dataFolder: folder.path + "/data"
        )
        try configuration.reach(at: "http://public.example", listeningAt: nil)
        installation = try Installation(configuration, time: time)
        workspace = try await installation.workspace(named: nil, by: "test")
    }

    func context(_ moment: Instant) -> Context {
        Context(workspace: workspace.id, actor: "test", source: .manualEdit, moment: moment)
    }

    /// Sends a mail to one person on the list `news` and returns it, decoded.
    func send(_ html: String) async throws -> (person: ProfileID, mail: String) {
        let person = try await installation.database.write { [self] transaction in
            let context = context(transaction.moment)
            let table = try ProfileTableStore(workspace.id)
                .table(named: "profiles", in: transaction)
            let person = try ProfileStore(table).create(
                values: ["emailAddress": "ann@example.org"],
                by: context,
                in: transaction
            ).profile.id
            let list = try ListStore(workspace.id)
                .create(name: "news", table: table.id, by: context, in: transaction)
            try SubscriptionStore(workspace.id).set(
                true,
                of: person,
                on: list,
                Collection(),
                table: table,
                by: context,
                in: transaction
            )
            let content = EmailContent(
                senderAddress: "news@example.org",
                variant: EmailVariant(subject: "News", html: html)
            )
            let store = CampaignStore(workspace.id)
            let new = NewCampaign("News", table: table.id, content: content, list: list.id)
            let draft = try store.create(new, by: context, in: transaction)
            try store.activate(draft.id, by: context, in: transaction)
            let campaign = try store.campaign(draft.id, in: transaction)
            _ = try SendStore(workspace.id)
                .start(campaign, .profiles([person]), by: context, in: transaction)
            return person
        }
        try await installation.worker.runUntilIdle()
        return (person, try mail())
    }

    private func mail() throws -> String {
        let outbox = installation.configuration.outboxFolder
        let files = try FileManager.default.subpathsOfDirectory(atPath: outbox)
        let file = try #require(files.first { $0.hasSuffix(".eml") })
        return try String(contentsOfFile: "\(outbox)/\(file)", encoding: .utf8)
            .replacing("=\r\n", with: "").replacing("=3D", with: "=")
    }

    /// The kinds of events of the one contact, in order.
    func activities() async throws -> [Activity] {
        try await installation.database.read { [workspace] connection in
            try ActivityStore(workspace.id)
                .activities(of: InteractionID(1), in: connection).map(\.activity)
        }
    }

    /// Whether the person is on the list.
    func isSubscribed(_ person: ProfileID) async throws -> Bool {
        try await installation.database.read { [workspace] connection in
            try SubscriptionStore(workspace.id).all(of: person, in: connection)[0].isSubscribed
        }
    }
}

extension Result where Failure == any Error, Success: Sendable {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
