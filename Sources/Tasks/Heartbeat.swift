// SPDX-License-Identifier: Apache-2.0
public import Database
public import Logging

/// Shows every few seconds that this process is alive, whatever its roles are.
public struct Heartbeat: Sendable {
    private let store: NodeStore
    private let roles: [String]
    private let version: String
    private let running: @Sendable () -> Int
    private let log: Logger
    private let pause: Duration

    /// Makes the heartbeat of this process.
    ///
    /// - Parameters:
    ///   - database: Where nodes are listed.
    ///   - roles: What the node does.
    ///   - version: The version of the program.
    ///   - running: Tells how many tasks it runs.
    ///   - log: Hears of heartbeats that could not be written.
    ///   - pause: The time between two; five seconds unless given.
    public init(
        _ database: Database,
        roles: [String],
        version: String,
        running: @escaping @Sendable () -> Int,
        log: Logger = Logger(label: "millrace.node"),
        pause: Duration = .seconds(5)
    ) {
        store = NodeStore(database)
        self.roles = roles
        self.version = version
        self.running = running
        self.log = log
        self.pause = pause
    }

    /// Beats until it is cancelled, then takes the node off the list.
    public func run() async {
        while !Task.isCancelled {
            await beat()
            try? await Task.sleep(for: pause)
        }
        try? await store.leave(.current)
    }

    private func beat() async {
        do {
            try await store.beat(.current, roles: roles, version: version, running: running())
        } catch {
            log.warning("the heartbeat could not be written: \(error)")
        }
    }
}
