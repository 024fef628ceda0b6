// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Foundation
import Logging
import Millrace
import Tasks
import TestSupport

/// A server whose public address is known before it listens, for the callbacks of gateways.
enum TextServer {
    static let numbers = (1...7).map { "3247000000\($0)" }

    /// What the operator reports, all but the first and the last being delivered.
    static let receipts = [
        "32470000002": (state: "UNDELIV", error: "001"),
        "32470000003": (state: "EXPIRED", error: "000"),
        "32470000004": (state: "UNDELIV", error: "027"),
        "32470000005": (state: "UNDELIV", error: "255"),
        "32470000006": (state: "NACK", error: "0x45"),
    ]

    /// Calls a closure with a server, a client of an administrator, and the public address.
    static func with(
        _ engine: TestEngine,
        _ body: (TestServer, Client, String) async throws -> Void
    ) async throws {
        let place = try engine.place(migrations: MillraceSchema.migrations)
        let folder = try TemporaryFolder()
        let port = try HeldPort()
        let base = "http://127.0.0.1:\(port.number)"
        var configuration = Configuration(
            database: place.address,
            dataFolder: folder.path + "/data"
        )
        try configuration.reach(at: base, listeningAt: "127.0.0.1:\(port.number)")
        let installation = try Installation(configuration)
        try await TestServer.over(installation) { server in
            try await allowInside(server)
            let client = Client(server, try await server.token())
            try await withPublicListener(installation, port.number) {
                try await body(server, client, base)
            }
        }
        withExtendedLifetime((place, folder, port)) {}
    }

    /// Gateways may be on this machine.
    private static func allowInside(_ server: TestServer) async throws {
        let workspace = server.workspace.id
        try await server.installation.database.write { transaction in
            let context = Context(
                workspace: workspace,
                actor: "test",
                source: .manualEdit,
                moment: transaction.moment
            )
            try SettingStore(workspace)
                .set(.smsGatewaysMayStayInside, to: true, by: context, in: transaction)
        }
    }

    private static func withPublicListener(
        _ installation: Installation,
        _ port: Int,
        _ body: () async throws -> Void
    ) async throws {
        var options = ServerOptions()
        options.port = port
        options.requestsPerSecond = 0
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = PublicServer(installation.publicServices, options: options, logger: log)
        let running = try await RunningServer { try await server.run(onServing: $0) }
        do {
            try await body()
        } catch {
            try? await running.end()
            throw error
        }
        try await running.end()
    }

    /// Sends a text with a link to a list of new people, and to all who were there before.
    ///
    /// - Returns: The task's id.
    static func send(
        _ client: Client,
        _ server: TestServer,
        to numbers: [String],
        name: String = "all"
    ) async throws -> Int64 {
        for number in numbers {
            let made = try await client.post(
                "/v1/subscriber",
                ["userId": .string("u\(number)"), "gsmNumber": .string(number)]
            )
            guard made.status == 201 else { throw MissingTool(description: made.message) }
        }
        let search = try await client.post(
            "/v1/search",
            ["name": .string(name), "expression": ["all": []]]
        ).data["id"]
        let message = try await client.post(
            "/v1/smsMessage",
            [
                "name": .string(name),
                "content": [
                    "sender": "Shop", "defaultLanguage": "en",
                    "texts": ["en": "Spring: https://shop.example/spring?a=1 !"],
                ],
            ]
        ).data["id"]
        let task = try await client.post(
            "/v1/task",
            [
                "name": .string(name), "channel": "sms", "message_id": message,
                "search_id": search, "scheduledtime": 1,
            ]
        )
        guard task.status == 201 else { throw MissingTool(description: task.message) }
        try await server.installation.worker.runUntilIdle()
        return task.data["id"].number
    }

    /// Asks as a gateway or a phone does, and follows no redirect.
    static func ask(
        _ address: String,
        _ path: String,
        _ method: String = "GET"
    ) async throws -> String {
        let head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        let port = Int(address.split(separator: ":").last ?? "") ?? 0
        return try await RawConnection(port).send(head)
    }
}
