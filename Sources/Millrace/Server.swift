import Accounts
// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Exports
import Files
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
                    .init(service: UpkeepService(installation: installation)),
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

/// Takes a tick of the change clock each minute and clears what has expired each hour.
private struct UpkeepService: Service {
    let installation: Installation

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            var minutes = 0
            while !Task.isCancelled {
                try await upkeep(hourly: minutes % 60 == 0)
                minutes += 1
                try? await Task.sleep(for: .seconds(60))
            }
        }
    }

    private func upkeep(hourly: Bool) async throws {
        let clock = ChangeClock(installation.database)
        _ = try await clock.tick()
        guard hourly else { return }
        let now = installation.database.time.now()
        try await clock.forget(before: now - .days(3))
        let workspaces = try await installation.database.read { connection in
            try WorkspaceStore().all(in: connection).map { workspace in
                (
                    workspace.id,
                    try SettingStore(workspace.id).value(.transferboxDays, in: connection)
                )
            }
        }
        for (workspace, days) in workspaces {
            _ = try installation.locations.transferboxes.removeFiles(
                olderThan: .days(Int64(days)),
                now: now,
                workspace: workspace
            )
        }
    }
}
