// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Campaigns
import Common
import Database
import Exports
import Files
import Foundation
import Imports
import Millrace
import Tasks

/// The whole loop: a file in a folder, an import, a send, the day's deltas.
struct Demo {
    let session: Session
    let folder: String
    let samples: String

    /// Runs the loop and prints what came of it.
    func run() async throws {
        try await DemoSetUp(session: session, samples: samples).run()
        try await dropFile()
        print("A file with all its flaws lies in the transferbox. The import takes it:\n")
        let imported = try await runImport()
        try await show(imported)
        let rejects = "\(folder)/rejects.csv"
        try await session.writeRejects(of: imported, failedOnly: true, to: rejects)
        let excluded = "\(folder)/excluded.csv"
        try await session.writeExcluded(of: imported, to: excluded)
        print("\nThe day's deltas:\n")
        let isWhole = try await runExports()
        printPlaces(rejects, excluded, imported)
        guard isWhole else { throw ExitCodes.checkFailed }
    }

    private func dropFile() async throws {
        let access = try session.installation.locations.access(
            for: .transferbox,
            workspace: session.workspace.id
        )
        try await session.installation.database.blocking {
            try access.put(from: "\(samples)/people.csv", to: "incoming/people.csv")
        }
    }

    private func runImport() async throws -> TaskRecord {
        let id = try await session.installation.database.write { transaction in
            let store = AutomatedImportStore(session.workspace.id)
            let automated = try store.find(named: DemoSetUp.importName, in: transaction)
            return try store.runNow(automated.id, by: session.context, in: transaction)
        }
        return try await TaskWatch(session: session).see(id)
    }

    private func show(_ task: TaskRecord) async throws {
        let view = try await session.view(task.id)
        for line in view.lines { print(line) }
        guard let breakdown = view.breakdown?.breakdown, breakdown.closes,
            let ledger = view.trigger.first?.ledger, ledger.closes, ledger.pending == 0
        else {
            print("\nThe ledger does not close.")
            throw ExitCodes.checkFailed
        }
        print("\nBoth ledgers close: every row and every person stands in exactly one place.")
    }

    private func runExports() async throws -> Bool {
        let tasks = try await session.installation.database.write { transaction in
            let store = ExportStore(
                session.workspace.id,
                locations: session.installation.locations
            )
            return try store.all(in: transaction).compactMap { export in
                try store.runNow(export.id, by: session.context, in: transaction)
            }
        }
        for task in tasks {
            let ended = try await TaskWatch(session: session).see(task)
            print("  \(ended.info): \(ended.outcome ?? ended.status.displayName)")
        }
        let report = try ExportVerifier().verify(folder: transferbox)
        for line in VerifyView(report).lines.suffix(1) { print("\n\(line)") }
        return report.gap == nil
    }

    private var transferbox: String {
        "\(session.installation.configuration.transferboxFolder)/\(session.workspace.id)"
    }

    private func printPlaces(_ rejects: String, _ excluded: String, _ task: TaskRecord) {
        print(
            """

            Everything lies in \(folder):
              mails            \(session.installation.configuration.outboxFolder)
              export files     \(transferbox)
              rejected rows    \(rejects)
              people left out  \(excluded)

            Correct rejects.csv and replay it into its task; only those people get the mail:
              export MILLRACE_DATABASE='\(session.installation.configuration.database)'
              export MILLRACE_DATA='\(session.installation.configuration.dataFolder)'
              millrace import --replay \(task.id) \(rejects)
            """
        )
    }
}
