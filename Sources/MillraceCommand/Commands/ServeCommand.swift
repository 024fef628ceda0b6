// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Millrace

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the worker: schedules, imports, sends and exports, until a signal ends it.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = try await common.session()
        session.output.note(
            "Millrace \(Installation.version) works on \(session.installation.configuration.database).")
        try await Server(session.installation).run()
    }
}
