// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Millrace

/// The program: one command a file, each a thin layer over the rooms.
@main
struct Program: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "millrace",
        abstract: "The data-and-delivery engine behind customer campaigns.",
        discussion: """
            Every command takes --database (or MILLRACE_DATABASE), sqlite:PATH or \
            postgres://USER@HOST/NAME, and --json.

            Exit codes: 0 all went well; 1 the command failed; 3 a task ended with errors in some \
            rows; 4 a task ended Fatal; 5 a task waits or is held; 6 a check found something; \
            64 wrong usage.
            """,
        version: Installation.version,
        subcommands: [
            ServeCommand.self, DemoCommand.self, ImportCommand.self, ImportsCommand.self,
            LocationCommand.self, TasksCommand.self, CampaignCommand.self, RelayCommand.self,
            SplitCommand.self, PressureCommand.self, QuarantineCommand.self, DkimCommand.self,
            BouncesCommand.self, ExportCommand.self, ProfileCommand.self, TableCommand.self,
            SegmentationCommand.self, WorkspaceCommand.self, UserCommand.self, TokenCommand.self,
            SMSCommand.self, NodesCommand.self, BackupCommand.self,
            MigrateDatabaseCommand.self, DoctorCommand.self,
        ]
    )
}
