// SPDX-License-Identifier: Apache-2.0
import Database
import Logging
import ServiceLifecycle
import Tasks
import UnixSignals

/// The long-running program: one node with its roles, until a signal ends it.
public struct Server: Sendable {
    private let installation: Installation
    private let roles: Set<Role>
    private let worker: Worker

    /// Makes a server of an installation.
    ///
    /// - Parameters:
    ///   - installation: What it serves.
    ///   - roles: What this node does; everything unless given.
    ///   - drainLimit: How long tasks may go on after the signal, until they reach a safe place;
    ///     30 seconds unless given.
    public init(
        _ installation: Installation,
        roles: Set<Role> = Set(Role.allCases),
        drainLimit: Duration = .seconds(30)
    ) {
        self.installation = installation
        self.roles = roles
        var worker = installation.worker
        worker.drainLimit = drainLimit
        self.worker = worker
    }

    /// Runs until SIGTERM or SIGINT; what is under way is put back at its checkpoint.
    ///
    /// - Returns: Whether all has ended; if not, the process is to exit without waiting for the
    ///   threads of what was put back.
    public func run() async throws -> Bool {
        let group = ServiceGroup(
            configuration: .init(
                services: services,
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "millrace.server")
            )
        )
        try await group.run()
        return worker.runningTasks == 0
    }

    /// They end in reverse order: the worker puts its tasks back first, the heartbeat ends last.
    private var services: [ServiceGroupConfiguration.ServiceConfiguration] {
        let heartbeat = Heartbeat(
            installation.database,
            roles: Role.allCases.filter(roles.contains).map(\.rawValue),
            version: Installation.version,
            running: { [worker] in worker.runningTasks }
        )
        let always = [
            ServiceGroupConfiguration.ServiceConfiguration(
                service: HeartbeatService(heartbeat: heartbeat)
            )
        ]
        guard roles.contains(.worker) else { return always }
        return always + [
            .init(service: UpkeepService(upkeep: Upkeep(installation))),
            .init(service: WorkerService(worker: worker)),
        ]
    }
}

/// Shows until shutdown that the node is alive.
private struct HeartbeatService: Service {
    let heartbeat: Heartbeat

    func run() async throws {
        await cancelWhenGracefulShutdown { await heartbeat.run() }
    }
}

/// Runs the worker until shutdown.
private struct WorkerService: Service {
    let worker: Worker

    func run() async throws {
        await cancelWhenGracefulShutdown { await worker.run() }
    }
}

/// Takes a tick of the change clock each minute and looks each hour for what has expired.
private struct UpkeepService: Service {
    let upkeep: Upkeep
    let log = Logger(label: "millrace.upkeep")

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var minutes = 0
            while !Task.isCancelled {
                // A database that is away now is back at the next minute.
                await attempt("tick") { try await upkeep.tick() }
                if minutes.isMultiple(of: 60) {
                    await attempt("look for what has expired") { try await upkeep.clear() }
                }
                minutes += 1
                try? await Task.sleep(for: .seconds(60))
            }
        }
    }

    private func attempt(_ what: String, _ work: () async throws -> Void) async {
        do { try await work() } catch { log.error("the \(what) failed: \(error)") }
    }
}
