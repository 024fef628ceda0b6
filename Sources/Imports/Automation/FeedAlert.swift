// SPDX-License-Identifier: Apache-2.0
import Common
import Database
public import Tasks

/// Says that an automated import's file has not come by its deadline (spec/imports.md, "Feed
/// watch").
///
/// The alert is a schedule of its own beside the import's, so there is one task for each day on
/// which the import is due.
public struct FeedAlertJob: TaskJob {
    /// `feed_alert`.
    public static let taskType = TaskType(
        name: "feed_alert",
        displayName: "Feed alert",
        queue: "alerts"
    )

    /// Makes the job.
    public init() {}

    /// `feed_alert`.
    public var type: TaskType { FeedAlertJob.taskType }

    /// Ends Error when no run has taken a file since the deadline before, else Completed.
    public func run(_ run: TaskRun) async throws -> TaskOutcome {
        guard let id = run.task.subjects.importID, let due = run.task.dueAt else {
            return .ended(try TaskEnding(.fatal, "The task names no import or no deadline."))
        }
        let finding: FeedAlertRule.Finding = try await run.database.read { connection in
            try self.finding(id, due: due, of: run.task.workspace, in: connection)
        }
        return .ended(try TaskEnding(finding.isAlert ? .error : .completed, finding.words))
    }

    private func finding(
        _ id: ImportID,
        due: Instant,
        of workspace: WorkspaceID,
        in connection: Connection
    ) throws -> FeedAlertRule.Finding {
        let automated: AutomatedImport
        do {
            automated = try AutomatedImportStore(workspace).find(id, in: connection)
        } catch ImportError.noSuchImport {
            return .init(isAlert: false, words: "The import was deleted.")
        }
        guard let rule = FeedAlertRule(automated.definition) else {
            return .init(isAlert: false, words: "The import has no deadline any more.")
        }
        let since = rule.deadline(before: due)
        let runs = try TaskStore(workspace)
            .tasks(ofImport: id, type: automated.definition.plan.taskType, in: connection)
            .prefix { $0.createdAt >= since || $0.date >= since || !$0.status.isEnded }
        return rule.finding(Array(runs), since: since, due: due)
    }
}

/// When an import's file is late, as a pure rule.
struct FeedAlertRule {
    /// What a look at a deadline finds.
    struct Finding: Equatable {
        var isAlert: Bool
        var words: String
    }

    /// When the deadline passes: on the days on which the import is due.
    let recurrence: Recurrence
    private let name: String
    private let time: TimeOfDay

    /// Nil when nothing is watched.
    init?(_ definition: AutomatedImportDefinition) {
        guard definition.watch.isOn, let time = definition.watch.deadline,
            let own = definition.recurrence,
            let recurrence = FeedAlertRule.recurrence(own, at: time)
        else { return nil }
        self.recurrence = recurrence
        self.time = time
        name = definition.name
    }

    /// The deadline before another; a month has 31 days at most.
    func deadline(before due: Instant) -> Instant {
        let end = due - Span(microseconds: 1)
        return recurrence.occurrences(after: due - .days(40), until: end).last ?? due - .days(40)
    }

    /// Looks at the runs of the import, whichever way they were started.
    func finding(_ runs: [TaskRecord], since: Instant, due: Instant) -> Finding {
        if let run = runs.first(where: { $0.date >= since && $0.hasTakenFile }) {
            return Finding(isAlert: false, words: "Task \(run.id) has taken a file in time.")
        }
        guard runs.contains(where: { $0.wasDue(after: since, until: due) }) else {
            return Finding(
                isAlert: false,
                words: "The import was not due between \(since) and \(due)."
            )
        }
        return Finding(
            isAlert: true,
            words: "No file has come for \(name) by \(time) \(recurrence.zone): no run since "
                + "\(since) has taken one."
        )
    }

    /// - Throws: ``ImportError/badDeadline(_:run:)`` when the deadline passes before the import is
    ///   due that day, ``ImportError/badField(_:rule:)`` for a number beyond all use.
    static func check(_ definition: AutomatedImportDefinition) throws {
        try require("missedWindowHours", definition.missedWindowHours, 0...8_784)
        try require("stablePause", definition.stablePause, 0...86_400)
        guard let deadline = definition.watch.deadline, let run = definition.recurrence?.localTime
        else { return }
        guard deadline > run else { throw ImportError.badDeadline(deadline, run: run) }
    }

    private static func require(
        _ name: String,
        _ value: Int64,
        _ range: ClosedRange<Int64>
    ) throws {
        guard !range.contains(value) else { return }
        let rule = "from \(range.lowerBound) to \(range.upperBound)"
        throw ImportError.badField("definition.\(name)", rule: rule)
    }

    private static func recurrence(_ own: Recurrence, at time: TimeOfDay) -> Recurrence? {
        switch own.pattern {
        case .daily, .hourly: Recurrence(.daily(at: time), in: own.zone)
        case .weekly(let days, _): Recurrence(.weekly(days: days, at: time), in: own.zone)
        case .monthly(let day, _): Recurrence(.monthly(day: day, at: time), in: own.zone)
        case .lastDayOfMonth: Recurrence(.lastDayOfMonth(at: time), in: own.zone)
        }
    }
}

extension Recurrence {
    /// The time of day at which it is due; nil when it counts hours.
    var localTime: TimeOfDay? {
        switch pattern {
        case .daily(let time), .weekly(_, let time), .monthly(_, let time),
            .lastDayOfMonth(let time):
            time
        case .hourly: nil
        }
    }
}

extension TaskRecord {
    /// Whether the run has fetched a file that was new; what was skipped or cancelled has not, and a
    /// replay takes no file of the feed.
    fileprivate var hasTakenFile: Bool {
        guard let parameters = try? parameters(as: ImportParameters.self),
            case .automated = parameters.origin
        else { return false }
        guard let checkpoint = try? importCheckpoint(), checkpoint.file != nil else { return false }
        return status != .completed || result != nil
    }

    fileprivate func wasDue(after since: Instant, until due: Instant) -> Bool {
        guard let dueAt else { return false }
        return dueAt > since && dueAt <= due
    }
}
