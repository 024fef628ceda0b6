// SPDX-License-Identifier: Apache-2.0
import API
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
    private let onListening: @Sendable (Int) -> Void
    private let onPublicListening: @Sendable (Int) -> Void

    /// Makes a server of an installation.
    ///
    /// - Parameters:
    ///   - installation: What it serves.
    ///   - roles: What this node does; everything unless given.
    ///   - drainLimit: How long tasks may go on after the signal, until they reach a safe place;
    ///     30 seconds unless given.
    ///   - onListening: Called with the port once the API takes requests.
    ///   - onPublicListening: Called with the port once the public listener takes requests.
    public init(
        _ installation: Installation,
        roles: Set<Role> = Set(Role.allCases),
        drainLimit: Duration = .seconds(30),
        onListening: @escaping @Sendable (Int) -> Void = { _ in },
        onPublicListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.installation = installation
        self.roles = roles
        self.onListening = onListening
        self.onPublicListening = onPublicListening
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

    /// They end in reverse order: the API takes no more requests, the worker puts its tasks back, the
    /// heartbeat ends last.
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
        let working: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: UpkeepService(upkeep: Upkeep(installation))),
            .init(service: WorkerService(worker: worker)),
        ]
        let answering =
            [
                ServiceGroupConfiguration.ServiceConfiguration(
                    service: APIService(server: api, onListening: onListening)
                )
            ] + publicServices
        return always + (roles.contains(.worker) ? working : [])
            + (roles.contains(.api) ? answering : [])
    }

    private var publicServices: [ServiceGroupConfiguration.ServiceConfiguration] {
        guard let options = installation.configuration.publicListener else { return [] }
        let server = PublicServer(
            installation.publicServices,
            options: options,
            logger: Logger(label: "millrace.public")
        )
        return [.init(service: PublicService(server: server, onListening: onPublicListening))]
    }

    private var api: APIServer {
        APIServer(
            installation.apiServices,
            options: installation.configuration.api,
            logger: Logger(label: "millrace.api")
        )
    }
}

/// Shows until shutdown that the node is alive.
private struct HeartbeatService: Service {
    let heartbeat: Heartbeat

    func run() async throws {
        await cancelWhenGracefulShutdown { await heartbeat.run() }
    }
}

/// Answers requests until shutdown.
private struct APIService: Service {
    let server: APIServer
    let onListening: @Sendable (Int) -> Void

    func run() async throws { try await server.run(onServing: onListening) }
}

/// Answers the world until shutdown.
private struct PublicService: Service {
    let server: PublicServer
    let onListening: @Sendable (Int) -> Void

    func run() async throws { try await server.run(onServing: onListening) }
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
