// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// Makes tasks of schedules that are due, exactly one for each due time (design/protocols.md).
public struct Scheduler: Sendable {
    let database: Database

    /// The schedules of a database.
    public init(_ database: Database) {
        self.database = database
    }

    /// Makes the tasks of everything that is due by now.
    ///
    /// - Returns: How many due times were dealt with, missed ones included.
    @discardableResult
    public func runOnce() async throws -> Int {
        let now = database.time.now()
        let due = try await database.read { connection in
            try ScheduleStore.due(by: now, in: connection)
        }
        for schedule in due {
            try await database.write(.guarded) { try dispatch(schedule, now: now, in: $0) }
        }
        return due.count
    }

    private func dispatch(_ schedule: Schedule, now: Instant, in transaction: Transaction) throws {
        let store = ScheduleStore(schedule.workspace)
        let plan = DuePlan(
            schedule.recurrence,
            due: schedule.nextDue,
            window: schedule.missedWindow
        )
        let decision = plan.decide(now: now)
        // Another node may have been quicker: then the next due instant has moved on.
        guard
            try store.advance(
                schedule.id,
                from: schedule.nextDue,
                to: decision.next,
                in: transaction
            )
        else { return }
        for missed in decision.missed {
            try record(schedule, dueAt: missed, isMissed: true, in: transaction)
        }
        if let run = decision.run {
            try record(schedule, dueAt: run, isMissed: false, in: transaction)
        }
    }

    private func record(
        _ schedule: Schedule,
        dueAt: Instant,
        isMissed: Bool,
        in transaction: Transaction
    ) throws {
        var task = NewTask(schedule, dueAt: dueAt)
        task.runAt = dueAt
        let context = Context(
            workspace: schedule.workspace,
            actor: "schedule",
            source: .fileImport,
            moment: transaction.moment
        )
        let store = TaskStore(schedule.workspace)
        guard let id = try store.enqueue(task, by: context, in: transaction), isMissed else {
            return
        }
        try transaction.execute(
            """
            UPDATE task SET status = 'error', finished_at = $3, outcome = $4
            WHERE workspace_id = $1 AND id = $2
            """,
            [
                schedule.workspace, id, transaction.moment,
                "Missed: due at \(dueAt), when the system was not running.",
            ]
        )
        try TaskFollowers(schedule.workspace).follow(id, in: transaction)
    }
}

/// Which of the due times that have passed is run, and which were missed.
///
/// Pure.
public struct DuePlan: Sendable {
    let recurrence: Recurrence
    let due: Instant
    let window: Span

    /// Makes a plan for a schedule whose next due time is `due`.
    ///
    /// - Parameters:
    ///   - recurrence: When the schedule is due.
    ///   - due: The next due time as it is kept.
    ///   - window: How late a missed due time may still be run.
    public init(_ recurrence: Recurrence, due: Instant, window: Span) {
        self.recurrence = recurrence
        self.due = due
        self.window = window
    }

    /// What to do about the due times up to now.
    public struct Decision: Sendable, Hashable {
        /// The due time to run, if any.
        public var run: Instant?
        /// The due times to record as missed, oldest first.
        public var missed: [Instant]
        /// The next due time.
        public var next: Instant
    }

    /// Decides: the latest due time runs unless it is too old; older ones are missed.
    public func decide(now: Instant) -> Decision {
        let passed = [due] + recurrence.occurrences(after: due, until: now)
        let latest = passed[passed.count - 1]
        let next = recurrence.next(after: latest)
        guard now - latest < window else { return Decision(run: nil, missed: passed, next: next) }
        return Decision(run: latest, missed: passed.dropLast(), next: next)
    }
}
