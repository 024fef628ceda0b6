// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Logging
import Millrace
import Tasks

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the worker: schedules, imports, sends and exports, until a signal ends it."
    )

    @Flag(help: "End as soon as nothing is due any more, for cron and for scripts.")
    var untilIdle = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = try await common.session(logging: .info)
        guard !untilIdle else {
            let upkeep = Upkeep(session.installation)
            try await upkeep.tick()
            try await upkeep.clear()
            try await session.installation.worker.runUntilIdle()
            return
        }
        session.output.note(
            "Millrace \(Installation.version) works on \(session.installation.configuration.database)."
        )
        try await Server(session.installation).run()
    }
}
