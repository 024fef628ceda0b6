// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
import Tasks

/// The automated imports of one workspace.
public struct AutomatedImportStore: Sendable {
    let workspace: WorkspaceID

    /// The imports of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Makes an import, active or not.
    ///
    /// - Throws: ``ImportError/nameTaken(_:)``, ``ImportError/badDeadline(_:run:)``.
    public func create(
        _ definition: AutomatedImportDefinition,
        isActive: Bool,
        by context: Context,
        in transaction: Transaction
    ) throws -> AutomatedImport {
        try FeedAlertRule.check(definition)
        try checkFree(definition.name, besides: nil, in: transaction)
        let id: ImportID = try transaction.nextID(.automatedImport, in: workspace)
        var made = AutomatedImport(
            id: id,
            definition: definition,
            scheduleID: nil,
            isActive: isActive
        )
        made.scheduleID = try schedule(made, by: context, in: transaction)
        try alerts.renew(made, by: context, in: transaction)
        try transaction.execute(
            """
            INSERT INTO automated_import (workspace_id, id, name, folded_name, definition,
                schedule_id, is_active, created_at, is_deleted)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            [
                workspace, id, definition.name, definition.name.lowercased(),
                JSONColumn(definition), made.scheduleID, isActive, context.moment, false,
            ]
        )
        return made
    }

    /// Changes an import; runs that are under way keep what they started with.
    ///
    /// - Throws: ``ImportError/nameTaken(_:)``, ``ImportError/badDeadline(_:run:)``.
    public func update(
        _ id: ImportID,
        to definition: AutomatedImportDefinition,
        by context: Context,
        in transaction: Transaction
    ) throws {
        try FeedAlertRule.check(definition)
        try checkFree(definition.name, besides: id, in: transaction)
        var changed = try find(id, in: transaction)
        if let schedule = changed.scheduleID {
            try ScheduleStore(workspace).delete(schedule, in: transaction)
        }
        changed.definition = definition
        changed.scheduleID = try schedule(changed, by: context, in: transaction)
        try alerts.renew(changed, by: context, in: transaction)
        try transaction.execute(
            """
            UPDATE automated_import SET name = $3, folded_name = $4, definition = $5,
                schedule_id = $6
            WHERE workspace_id = $1 AND id = $2
            """,
            [
                workspace, id, definition.name, definition.name.lowercased(),
                JSONColumn(definition), changed.scheduleID,
            ]
        )
    }

    /// Makes a copy under another name; it is not active, so that two do not take the same files.
    ///
    /// - Throws: ``ImportError/nameTaken(_:)``.
    public func clone(
        _ id: ImportID,
        as name: String,
        by context: Context,
        in transaction: Transaction
    ) throws -> AutomatedImport {
        var definition = try find(id, in: transaction).definition
        definition.name = name
        return try create(definition, isActive: false, by: context, in: transaction)
    }

    /// Switches an import's schedule on or off.
    public func setActive(
        _ id: ImportID,
        _ isActive: Bool,
        by context: Context,
        in transaction: Transaction
    ) throws {
        let found = try find(id, in: transaction)
        if let schedule = found.scheduleID {
            try ScheduleStore(workspace)
                .setActive(schedule, isActive, by: context, in: transaction)
        }
        try alerts.setActive(id, isActive, by: context, in: transaction)
        try transaction.execute(
            "UPDATE automated_import SET is_active = $3 WHERE workspace_id = $1 AND id = $2",
            [workspace, id, isActive]
        )
    }

    /// Deletes an import; its runs stay in the history.
    public func delete(_ id: ImportID, by context: Context, in transaction: Transaction) throws {
        let found = try find(id, in: transaction)
        if let schedule = found.scheduleID {
            try ScheduleStore(workspace).delete(schedule, in: transaction)
        }
        try alerts.delete(id, in: transaction)
        try transaction.execute(
            """
            UPDATE automated_import SET is_deleted = $3, is_active = $4, folded_name = $5
            WHERE workspace_id = $1 AND id = $2
            """,
            [workspace, id, true, false, "\(found.definition.name.lowercased()) #\(id)"]
        )
    }

    /// Runs an import now, also when it is not active.
    public func runNow(
        _ id: ImportID,
        by context: Context,
        in transaction: Transaction
    ) throws
        -> TaskID
    {
        let found = try find(id, in: transaction)
        let task = try newTask(found, file: nil)
        guard
            let id = try TaskStore(workspace).enqueue(task, by: context, in: transaction)
        else { throw ImportError.noSuchImport(found.definition.name) }
        return id
    }

    /// All imports, by name.
    public func all(in connection: Connection) throws -> [AutomatedImport] {
        try connection.rows(
            """
            SELECT id, definition, schedule_id, is_active FROM automated_import
            WHERE workspace_id = $1 AND is_deleted = $2 ORDER BY folded_name
            """,
            [workspace, false]
        ).map(read)
    }

    /// An import by its id.
    ///
    /// - Throws: ``ImportError/noSuchImport(_:)``.
    public func find(_ id: ImportID, in connection: Connection) throws -> AutomatedImport {
        let row = try connection.row(
            """
            SELECT id, definition, schedule_id, is_active FROM automated_import
            WHERE workspace_id = $1 AND id = $2 AND is_deleted = $3
            """,
            [workspace, id, false]
        )
        guard let row else { throw ImportError.noSuchImport("number \(id)") }
        return try read(row)
    }

    /// An import by its name, ignoring case.
    ///
    /// - Throws: ``ImportError/noSuchImport(_:)``.
    public func find(named name: String, in connection: Connection) throws -> AutomatedImport {
        let row = try connection.row(
            """
            SELECT id, definition, schedule_id, is_active FROM automated_import
            WHERE workspace_id = $1 AND folded_name = $2 AND is_deleted = $3
            """,
            [workspace, name.lowercased(), false]
        )
        guard let row else { throw ImportError.noSuchImport(name) }
        return try read(row)
    }

    /// Accepts a file that the feed watch held: its run goes on, and counts from now.
    ///
    /// - Throws: ``ImportError/notHeld(_:)``.
    public func accept(_ task: TaskID, by context: Context, in transaction: Transaction) throws {
        let record = try TaskStore(workspace).task(task, in: transaction)
        guard record.status == .new, record.holdReason != nil else {
            throw ImportError.notHeld(task)
        }
        var checkpoint = try record.importCheckpoint() ?? ImportCheckpoint()
        checkpoint.isAccepted = true
        let tasks = TaskStore(workspace)
        try tasks.restart(task, at: context.moment, checkpoint: checkpoint, in: transaction)
        try tasks.retry(task, by: context, in: transaction)
    }

    /// The task of one run; runs of one import go one after the other.
    func newTask(_ automated: AutomatedImport, file: String?) throws -> NewTask {
        try NewTask(
            automated.definition.plan.taskType,
            info: automated.definition.name,
            parameters: ImportParameters(origin: .automated(automated.id, file: file)),
            subjects: TaskSubjects(importID: automated.id),
            lane: "import:\(automated.id)"
        )
    }

    private var alerts: FeedAlertSchedule { FeedAlertSchedule(workspace: workspace) }

    private func checkFree(
        _ name: String,
        besides own: ImportID?,
        in connection: Connection
    ) throws {
        let holder: ImportID? = try connection.value(
            "SELECT id FROM automated_import WHERE workspace_id = $1 AND folded_name = $2",
            [workspace, name.lowercased()]
        )
        guard holder == nil || holder == own else { throw ImportError.nameTaken(name) }
    }

    private func schedule(
        _ automated: AutomatedImport,
        by context: Context,
        in transaction: Transaction
    ) throws -> ScheduleID? {
        guard let recurrence = automated.definition.recurrence else { return nil }
        return try ScheduleStore(workspace).create(
            try newTask(automated, file: nil),
            recurrence: recurrence,
            isActive: automated.isActive,
            missedWindow: .hours(automated.definition.missedWindowHours),
            by: context,
            in: transaction
        )
    }

    private func read(_ row: Row) throws -> AutomatedImport {
        AutomatedImport(
            id: try row.get("id"),
            definition: try row.json("definition"),
            scheduleID: try row.get("schedule_id"),
            isActive: try row.get("is_active")
        )
    }
}
