// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Common
import Database
import Millrace

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Back up database, files and key together, while the installation works.",
        discussion: """
            The folder gets database.sqlite or database.dump (pg_dump has to be on the PATH), data \
            and backup.json. It holds the key of sealed secrets: keep it safe. How it is restored: \
            docs/operating.md.
            """
    )

    @Argument(help: "The folder, which must not be there yet.") var folder: String
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let installation = try common.open()
        let report = try await installation.database.blocking {
            try InstallationBackup(installation)
                .take(to: folder, token: SystemRandomness().token())
        }
        try Output(isJSON: common.json).show(BackupView(folder, report))
    }
}

/// A backup as the command line shows it.
struct BackupView: Shown {
    var folder: String
    var database: String
    var databaseBytes: Int64
    var databaseSHA256: String
    var files: Int

    init(_ folder: String, _ report: InstallationBackup.Report) {
        self.folder = folder
        database = report.database
        databaseBytes = report.databaseBytes
        databaseSHA256 = report.databaseSHA256
        files = report.files
    }

    var lines: [String] {
        [
            "\(folder)/\(database): \(databaseBytes) bytes, sha256 \(databaseSHA256)",
            "\(folder)/data: \(files) files",
        ]
    }
}
