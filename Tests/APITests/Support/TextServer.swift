// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Foundation
import Glibc
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
        let port = try freePort()
        let base = "http://127.0.0.1:\(port)"
        var configuration = Configuration(
            database: place.address,
            dataFolder: folder.path + "/data"
        )
        try configuration.reach(at: base, listeningAt: "127.0.0.1:\(port)")
        let installation = try Installation(configuration)
        try await TestServer.over(installation) { server in
            try await allowInside(server)
            let client = Client(server, try await server.token())
            try await withPublicListener(installation, port) {
                try await body(server, client, base)
            }
        }
        withExtendedLifetime((place, folder)) {}
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

    /// A port that nobody uses now.
    private static func freePort() throws -> Int {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
                bind(socket, place, size) == 0 && getsockname(socket, place, &size) == 0
            }
        }
        guard bound else { throw MissingTool(description: "no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
