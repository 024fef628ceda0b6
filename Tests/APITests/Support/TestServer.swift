// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Foundation
import Logging
import Millrace
import TestSupport

/// A real server on a port of its own, over an installation in a folder of its own.
final class TestServer: Sendable {
    let installation: Installation
    let workspace: Workspace
    private let place: DatabasePlace?
    private let folder: TemporaryFolder?
    private let running: RunningServer

    private init(
        installation: Installation,
        workspace: Workspace,
        place: DatabasePlace?,
        folder: TemporaryFolder?,
        running: RunningServer
    ) {
        self.installation = installation
        self.workspace = workspace
        self.place = place
        self.folder = folder
        self.running = running
    }

    var port: Int { running.port }

    /// Calls a closure with a server, and ends the server behind it.
    static func with(
        _ engine: TestEngine,
        options change: (inout ServerOptions) -> Void = { _ in },
        time: any TimeSource = SystemTime(),
        _ body: (TestServer) async throws -> Void
    ) async throws {
        let server = try await start(engine, change, time)
        do {
            try await body(server)
        } catch {
            await server.end()
            throw error
        }
        await server.end()
    }

    private static func start(
        _ engine: TestEngine,
        _ change: (inout ServerOptions) -> Void,
        _ time: any TimeSource
    ) async throws -> TestServer {
        let place = try engine.place(migrations: MillraceSchema.migrations)
        let folder = try TemporaryFolder()
        var configuration = Configuration(
            database: place.address,
            dataFolder: folder.path + "/data"
        )
        configuration.api.port = 0
        configuration.api.requestsPerSecond = 0
        change(&configuration.api)
        let installation = try Installation(configuration, time: time)
        return try await serve(installation, configuration.api, place, folder)
    }

    /// Calls a closure with the API of an installation that is there already.
    static func over(
        _ installation: Installation,
        _ body: (TestServer) async throws -> Void
    ) async throws {
        var options = ServerOptions()
        options.port = 0
        options.requestsPerSecond = 0
        let server = try await serve(installation, options, nil, nil)
        do {
            try await body(server)
        } catch {
            await server.end()
            throw error
        }
        await server.end()
    }

    private static func serve(
        _ installation: Installation,
        _ options: ServerOptions,
        _ place: DatabasePlace?,
        _ folder: TemporaryFolder?
    ) async throws -> TestServer {
        let workspace = try await installation.workspace(named: nil, by: "test")
        let server = APIServer(
            installation.apiServices,
            options: options,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        return TestServer(
            installation: installation,
            workspace: workspace,
            place: place,
            folder: folder,
            running: try await RunningServer { try await server.run(onServing: $0) }
        )
    }

    /// Ends the server in order.
    func end() async { try? await running.end() }

    /// Makes a user with a token; returns the token's text.
    func token(
        _ role: Accounts.Role = .administrator,
        _ scopes: Set<Scope> = Set(Scope.allCases),
        entities: Set<EntityID> = [],
        workspace: WorkspaceID? = nil
    ) async throws -> String {
        let id = workspace ?? self.workspace.id
        return try await installation.database.write { transaction in
            let context = Context(
                workspace: id,
                actor: "test",
                source: .manualEdit,
                moment: transaction.moment
            )
            let count = try UserStore(id).all(in: transaction).count
            let user = try UserStore(id).create(
                name: "User \(count)",
                email: "user\(count)@example.org",
                role: role,
                entities: entities,
                by: context,
                in: transaction
            )
            return try TokenStore(id).create(
                for: user.id,
                name: "test",
                scopes: scopes,
                by: context,
                in: transaction
            ).text.reveal()
        }
    }
}
