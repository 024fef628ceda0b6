// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Imports
import Synchronization
import Tasks

/// What Home shows of the present.
struct HomeState: Sendable {
    var executing = 0
    var waiting = 0
    var fatal = 0
    var errors = 0
    var completed = 0
    var running: [ListPage.Row] = []
    var failed: [ListPage.Row] = []
    var due: [Schedule] = []
    /// Whether nothing has ever run here.
    var isFresh = false

    static func read(_ visit: Visit) async throws -> HomeState {
        let now = visit.database.time.now()
        let limit = visit.limit
        return try await visit.read { connection in
            var state = try HomeState(visit.workspace, now, connection)
            state.running = try limit.narrowed(state.running, in: connection)
            state.failed = try limit.narrowed(state.failed, in: connection)
            state.due = try state.due.filter { schedule in
                try schedule.subjects.exportID.map { try limit.allowsExport($0, in: connection) }
                    ?? true
            }
            return state
        }
    }

    /// What runs now, and nothing else: what the live part looks at.
    static func running(_ visit: Visit) async throws -> [ListPage.Row] {
        try await visit.read { try running(visit.workspace, $0) }
    }

    private static func running(
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws -> [ListPage.Row] {
        try ListPage.newest(
            8,
            TaskStore.listing,
            [.equals("status", .text(TaskStatus.executing.rawValue))],
            in: workspace,
            from: connection
        )
    }

    private init(_ workspace: WorkspaceID, _ now: Instant, _ connection: Connection) throws {
        let store = TaskStore(workspace)
        isFresh = try HomeState.isFresh(workspace, connection)
        let yesterday = try store.firstTask(madeFrom: now - .days(1), in: connection)
        executing = try store.count(.executing, in: connection)
        waiting = try store.count(.new, in: connection)
        fatal = try store.count(.fatal, from: yesterday, in: connection)
        errors = try store.count(.error, from: yesterday, in: connection)
        completed = try store.count(.completed, from: yesterday, in: connection)
        running = try HomeState.running(workspace, connection)
        let wrong = try rows(.fatal, workspace, connection) + rows(.error, workspace, connection)
        failed = Array(wrong.sorted { $0.id > $1.id }.prefix(6))
        due = try ScheduleStore(workspace).upcoming(6, in: connection)
    }

    /// Only the first hundreds of tasks are looked through: whoever has more has begun.
    private static func isFresh(
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws -> Bool {
        guard let newest = try TaskStore(workspace).newest(in: connection) else { return true }
        guard newest.value < 300 else { return false }
        let types =
            ImportTasks.names + ["send", "campaign_trigger", "incremental_export", "full_export"]
        return try ListPage.newest(
            1,
            TaskStore.listing,
            [.anyOf("type", (types + ["member_bulk", "search_count"]).map { .text($0) })],
            in: workspace,
            from: connection
        ).isEmpty
    }

    private func rows(
        _ status: TaskStatus,
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws -> [ListPage.Row] {
        try ListPage(
            TaskStore.listing,
            [.equals("status", .text(status.rawValue))],
            in: workspace,
            from: connection
        ).rows
    }
}

/// The counts of the last 14 days, kept for half a minute: with a million tasks they take longer to
/// count than a page may take.
actor HomeDays {
    /// The counts by day, oldest first.
    struct Figures: Sendable {
        var labels: [String]
        var imports: [TaskDays.Counts]
        var sends: [TaskDays.Counts]
        var exports: [TaskDays.Counts]
        var countedAt: Instant
    }

    private struct Key: Hashable {
        var database: ObjectIdentifier
        var workspace: WorkspaceID
        var zone: String
    }

    static let shared = HomeDays()

    private static let patience = Duration.milliseconds(30)

    private var known: [Key: Figures] = [:]
    private var counting: [Key: Task<Void, Never>] = [:]

    /// The figures; nil while they are counted for the first time and that takes long.
    func days(_ visit: Visit) async -> Figures? {
        let key = Key(
            database: ObjectIdentifier(visit.database),
            workspace: visit.workspace,
            zone: visit.zone.name
        )
        if let figures = known[key], visit.now - figures.countedAt < .seconds(30) { return figures }
        let task = counting[key] ?? start(key, visit)
        if known[key] == nil { await HomeDays.wait(for: task) }
        return known[key]
    }

    private func start(_ key: Key, _ visit: Visit) -> Task<Void, Never> {
        let task = Task {
            let figures = try? await HomeDays.count(visit)
            if known.count > 1_000 { known = [:] }
            if let figures { known[key] = figures }
            counting[key] = nil
        }
        counting[key] = task
        return task
    }

    private static func wait(for task: Task<Void, Never>) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await task.value }
            group.addTask { try? await Task.sleep(for: patience) }
            await group.next()
            group.cancelAll()
        }
    }

    private static func count(_ visit: Visit) async throws -> Figures {
        let today = visit.zone.local(visit.now).day
        let days = (0..<14).map { today + ($0 - 13) }
        return try await visit.read { connection in
            let store = TaskDays(visit.workspace)
            func counts(_ types: [String]) throws -> [TaskDays.Counts] {
                try store.counts(of: types, on: days, in: visit.zone, from: connection)
            }
            return Figures(
                labels: days.map { "\($0.components.day)/\($0.components.month)" },
                imports: try counts(ImportTasks.names),
                sends: try counts(["send", "campaign_trigger"]),
                exports: try counts(["incremental_export", "full_export"]),
                countedAt: visit.now
            )
        }
    }
}
