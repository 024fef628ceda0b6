// SPDX-License-Identifier: Apache-2.0
import Logging
import ServiceLifecycle
import Tasks
import UnixSignals

/// The long-running program: a worker and the clock's ticks, until a signal ends it.
public struct Server: Sendable {
    private let installation: Installation

    /// Makes a server of an installation.
    public init(_ installation: Installation) {
        self.installation = installation
    }

    /// Runs until SIGTERM or SIGINT; what is under way goes on at its checkpoint later.
    public func run() async throws {
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: WorkerService(worker: installation.worker)),
                    .init(service: UpkeepService(upkeep: Upkeep(installation))),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "millrace.server")
            )
        )
        try await group.run()
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

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            var minutes = 0
            while !Task.isCancelled {
                try await upkeep.tick()
                if minutes.isMultiple(of: 60) { try await upkeep.clear() }
                minutes += 1
                try? await Task.sleep(for: .seconds(60))
            }
        }
    }
}
