// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Files
import Foundation
import Imports
import Tasks
import TestSupport

// Automated imports over the transferbox.
extension ImportHarness {
    var store: AutomatedImportStore { AutomatedImportStore(workspace) }

    /// A definition that takes every CSV file of the folder `in`.
    func definition(
        _ name: String = "Nightly",
        choice: FileSelector.Choice = .newest,
        aftermath: FileAftermath = .leave,
        stablePause: Int64 = 0,
        watch: FeedWatch = FeedWatch(isOn: false),
        plan: ImportPlan = ImportPlan()
    ) throws -> AutomatedImportDefinition {
        AutomatedImportDefinition(
            name: name,
            folder: "in",
            selector: try FileSelector(.expression(".*\\.csv"), choice: choice),
            plan: plan,
            recurrence: Recurrence(.daily(at: try time(3)), in: .utc),
            aftermath: aftermath,
            stablePause: stablePause,
            watch: watch
        )
    }

    func time(_ hour: Int) throws -> TimeOfDay {
        guard let time = TimeOfDay(hour: hour, minute: 0) else { throw CocoaError(.formatting) }
        return time
    }

    @discardableResult
    func create(
        _ definition: AutomatedImportDefinition,
        isActive: Bool = true
    ) throws -> ImportID {
        try database.writeBlocking { transaction in
            try store.create(definition, isActive: isActive, by: context, in: transaction).id
        }
    }

    @discardableResult
    func runNow(_ id: ImportID) throws -> TaskID {
        try database.writeBlocking { try store.runNow(id, by: context, in: $0) }
    }

    /// Puts a file into the transferbox; `age` says how many minutes ago it was written.
    func drop(_ name: String, _ text: String, age: Int = 0) throws {
        let access = try locations.access(for: .transferbox, workspace: workspace)
        try access.putData(Array(text.utf8), to: "in/\(name)")
        let moment = Date(timeIntervalSince1970: TimeInterval(time.now().seconds - Int64(age) * 60))
        try FileManager.default.setAttributes(
            [.modificationDate: moment],
            ofItemAtPath: folder.path("transferbox/\(workspace)/in/\(name)")
        )
    }

    /// The names of the files of a folder of the transferbox.
    func files(_ folder: String = "in") throws -> [String] {
        try locations.access(for: .transferbox, workspace: workspace).list(folder: folder)
            .map(\.name)
    }

    /// All tasks, oldest first.
    func tasks() throws -> [TaskRecord] {
        try database.readBlocking { try TaskStore(workspace).history(in: $0) }.reversed()
    }

    /// Moves the clock to an hour of a later day and works.
    func work(day: Int64, hour: Int64) async throws {
        time.set(ManualTime.monday + .days(day) + .hours(hour - 8))
        try await worker.runUntilIdle()
    }
}
