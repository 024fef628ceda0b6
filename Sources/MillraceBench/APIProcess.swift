// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Foundation
import Hummingbird
import Logging
import Millrace
import NIOCore
import Tasks

/// `serve DATABASE FOLDER ROWS`: the API over a workspace with so many tasks, and beside it a bare
/// route that returns what a page of 50 tasks returns.
///
/// Prints both ports and a token, and serves until its standard input ends.
struct APIProcess {
    private let address: String
    private let folder: String
    private let rows: Int

    init(_ arguments: [String]) {
        address = arguments[1]
        folder = arguments[2]
        rows = Int(arguments[3]) ?? 1_000_000
    }

    func run() async throws {
        var configuration = Configuration(
            database: try DatabaseAddress(address),
            dataFolder: folder
        )
        configuration.api.port = 0
        configuration.api.requestsPerSecond = 0
        let installation = try Installation(configuration)
        let workspace = try await BenchWorkspace.open(installation)
        if rows > 0 { try await fill(installation, workspace) }
        let token = try await token(installation, workspace)
        let port = try await serveAPI(installation)
        let page = try await page(port, token)
        let bare = try await serveBare(page)
        let worker = Task { await installation.worker.run() }
        print("\(port) \(bare) \(token)")
        fflush(nil)
        _ = FileHandle.standardInput.readDataToEndOfFile()
        worker.cancel()
        exit(0)
    }

    /// Scheduled sends that ended long ago, straight into their table.
    private func fill(_ installation: Installation, _ workspace: WorkspaceID) async throws {
        let columns = [
            "workspace_id", "id", "name", "channel", "list_id", "message_id", "campaign_id",
            "send_id", "task_id", "cancelled", "completed", "began_at", "ended_at", "rate",
            "slot_taken", "scheduled_at", "size", "created_at", "created_by",
        ]
        let start = Instant(seconds: 1_780_000_000)
        for chunk in 0..<(rows + 9_999) / 10_000 {
            try await installation.database.write(.bulk) { transaction in
                let writer = try transaction.insertion(into: "scheduled_send", columns: columns)
                for number in (chunk * 10_000 + 1)...min(rows, (chunk + 1) * 10_000) {
                    let id = Int64(number)
                    let moment = start + .seconds(id)
                    let cells: [SQLValue] = [
                        workspace.sql, .integer(id), .text("Campaign \(id)"), .text("email"),
                        .integer(1), .integer(1), .integer(id), .integer(id), .integer(id),
                        .boolean(false), .boolean(true), .moment(moment), .moment(moment), .null,
                        .integer(0), .moment(moment), .integer(1_000), .moment(moment),
                        .text("bench"),
                    ]
                    for cell in cells { writer.value(cell) }
                    try writer.endRow()
                }
                try writer.finish()
            }
        }
    }

    private func token(
        _ installation: Installation,
        _ workspace: WorkspaceID
    ) async throws -> String {
        try await installation.database.write { transaction in
            let context = Context(
                workspace: workspace,
                actor: "bench",
                source: .manualEdit,
                moment: transaction.moment
            )
            let user = try UserStore(workspace).create(
                name: "bench",
                email: "bench@example.org",
                role: .manager,
                by: context,
                in: transaction
            )
            return try TokenStore(workspace)
                .create(for: user.id, name: "bench", by: context, in: transaction)
                .text.reveal()
        }
    }

    private func serveAPI(_ installation: Installation) async throws -> Int {
        let server = APIServer(
            installation.apiServices,
            options: installation.configuration.api,
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        )
        return try await started { onServing in try await server.run(onServing: onServing) }
    }

    /// What a page of 50 tasks returns, byte for byte.
    private func page(_ port: Int, _ token: String) async throws -> [UInt8] {
        guard rows > 0, let url = URL(string: "http://127.0.0.1:\(port)/v1/task?count=50") else {
            return []
        }
        let curl = Process()
        curl.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
        curl.arguments = ["-s", "-H", "Authorization: Bearer \(token)", url.absoluteString]
        let output = Pipe()
        curl.standardOutput = output
        try curl.run()
        return Array(output.fileHandleForReading.readDataToEndOfFile())
    }

    /// The floor: nothing but the library and the bytes.
    private func serveBare(_ page: [UInt8]) async throws -> Int {
        let router = Router()
        let body = ByteBuffer(bytes: page)
        router.get("/v1/task") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "application/json"],
                body: .init(byteBuffer: body)
            )
        }
        let responder = router.buildResponder()
        return try await started { onServing in
            let application = Application(
                responder: responder,
                configuration: .init(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { onServing($0.localAddress?.port ?? 0) },
                logger: Logger(label: "bare") { _ in SwiftLogNoOpLogHandler() }
            )
            try await application.run()
        }
    }

    /// Starts a server that goes on until the process ends; its port.
    private func started(
        _ body: @escaping @Sendable (@escaping @Sendable (Int) -> Void) async throws -> Void
    ) async throws -> Int {
        let (ports, found) = AsyncStream<Int>.makeStream()
        Task {
            try await body { port in
                found.yield(port)
                found.finish()
            }
        }
        for await port in ports { return port }
        return 0
    }
}
