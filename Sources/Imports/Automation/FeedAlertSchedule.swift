// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Tasks

/// The schedule of an import's deadline, which stands beside the import's own.
struct FeedAlertSchedule {
    let workspace: WorkspaceID

    private var schedules: ScheduleStore { ScheduleStore(workspace) }

    /// Makes the schedule that a definition asks for, in place of the one there was.
    func renew(
        _ automated: AutomatedImport,
        by context: Context,
        in transaction: Transaction
    ) throws {
        try delete(automated.id, in: transaction)
        guard let rule = FeedAlertRule(automated.definition) else { return }
        let task = try NewTask(
            FeedAlertJob.taskType,
            info: automated.definition.name,
            parameters: [String: String](),
            subjects: TaskSubjects(importID: automated.id),
            lane: "feed-alert:\(automated.id)"
        )
        _ = try schedules.create(
            task,
            recurrence: rule.recurrence,
            isActive: automated.isActive,
            missedWindow: .hours(automated.definition.missedWindowHours),
            by: context,
            in: transaction
        )
    }

    /// Follows the import's own schedule.
    func setActive(
        _ id: ImportID,
        _ isActive: Bool,
        by context: Context,
        in transaction: Transaction
    ) throws {
        for schedule in try all(of: id, in: transaction) {
            try schedules.setActive(schedule.id, isActive, by: context, in: transaction)
        }
    }

    /// Removes the schedule; alerts that were made stay in the history.
    func delete(_ id: ImportID, in transaction: Transaction) throws {
        for schedule in try all(of: id, in: transaction) {
            try schedules.delete(schedule.id, in: transaction)
        }
    }

    private func all(of id: ImportID, in connection: Connection) throws -> [Schedule] {
        try schedules.schedules(ofImport: id, type: FeedAlertJob.taskType, in: connection)
    }
}
