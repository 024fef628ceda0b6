// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Common
import Database
import Foundation
import Millrace

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run the whole loop on sample people: import, trigger, send, exports, verify."
    )

    @Option(help: "The folder for everything that the demo makes.") var folder: String
    @Option(help: "An empty database; sqlite:FOLDER/demo.db without it.") var database: String?
    @Option(help: "The folder of the sample files.") var samples = "Samples"

    func run() async throws {
        // The same places as every later command finds by the database's address.
        let installation = try Installation(
            Configuration(
                address: database ?? "sqlite:\(folder)/demo.db",
                dataFolder: "\(folder)/demo.db-data",
                environment: [:]
            )
        )
        let actor = "demo"
        let workspace = try await installation.workspace(named: nil, by: actor)
        let session = Session(
            installation: installation,
            workspace: workspace,
            actor: actor,
            source: .fileImport,
            output: Output(isJSON: false)
        )
        try await Demo(session: session, folder: folder, samples: samples).run()
    }
}
