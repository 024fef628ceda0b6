// SPDX-License-Identifier: Apache-2.0
import Logging
import ServiceLifecycle
import TestSupport

/// A server of the product that runs beside a test until it is ended.
struct RunningServer: Sendable {
    let port: Int
    private let group: ServiceGroup
    private let running: Task<Void, any Error>

    /// Starts a server and waits until it takes requests.
    ///
    /// - Throws: Why it takes none.
    init(
        _ run: @escaping @Sendable (@escaping @Sendable (Int) -> Void) async throws -> Void
    ) async throws {
        let (ports, found) = AsyncStream<Int>.makeStream()
        let service = Served {
            try await run { port in
                found.yield(port)
                found.finish()
            }
        }
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(configuration: .init(services: [service], logger: log))
        let running = Task {
            defer { found.finish() }
            try await group.run()
        }
        var first: Int?
        for await port in ports { first = port }
        guard let first else {
            running.cancel()
            try await running.value
            throw MissingTool(description: "the server ended before it listened")
        }
        (port, self.group, self.running) = (first, group, running)
    }

    /// Ends it in order.
    func end() async throws {
        await group.triggerGracefulShutdown()
        try await running.value
    }
}

private struct Served: Service {
    let body: @Sendable () async throws -> Void

    func run() async throws { try await body() }
}
