// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Common
import Database
import Millrace
import Tasks

/// Runs a task in this process, or watches the worker that does, with a progress bar.
struct TaskWatch {
    let session: Session

    /// Sees a task through, and whatever follows from it and is due.
    ///
    /// The origin is the task that a replay amends: what follows from the replay is its. Gives the
    /// task as it stands then.
    func see(_ id: TaskID, replaying origin: TaskID? = nil) async throws -> TaskRecord {
        let bar = Task { await showProgress(of: id) }
        defer { bar.cancel() }
        try await run(id)
        try await runFollowers(of: id)
        if let origin { try await runFollowers(of: origin) }
        bar.cancel()
        session.output.replaceLine("")
        return try await record(id)
    }

    private func run(_ id: TaskID) async throws {
        while true {
            let task = try await record(id)
            guard !task.status.isEnded else { return }
            let now = session.installation.database.time.now()
            guard task.status == .executing || (task.runAt <= now && task.holdReason == nil) else {
                return
            }
            if try await session.installation.worker.run(id, of: session.workspace.id) { continue }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// What the task has enqueued and is due now: triggers and their sends.
    private func runFollowers(of id: TaskID) async throws {
        var filter = TaskFilter()
        filter.parentID = id
        let followers = try await session.installation.database.read { [filter] connection in
            try TaskStore(session.workspace.id).history(filter, limit: 1_000, in: connection)
        }
        for follower in followers.reversed() where follower.status == .new {
            try await run(follower.id)
        }
        let after = try await session.installation.database.read { [filter] connection in
            try TaskStore(session.workspace.id).history(filter, limit: 1_000, in: connection)
        }
        guard after.count > followers.count else { return }
        try await runFollowers(of: id)
    }

    private func record(_ id: TaskID) async throws -> TaskRecord {
        try await session.installation.database.read { connection in
            try TaskStore(session.workspace.id).task(id, in: connection)
        }
    }

    private func showProgress(of id: TaskID) async {
        let isTerminal = session.output.isTerminal
        while !Task.isCancelled {
            // A line each five seconds is enough for a log.
            try? await Task.sleep(for: isTerminal ? .milliseconds(250) : .seconds(5))
            guard !Task.isCancelled, let task = try? await record(id) else { return }
            let progress = Progress(task, now: session.installation.database.time.now())
            if isTerminal {
                session.output.replaceLine(progress.bar)
            } else {
                session.output.note(progress.line)
            }
        }
    }
}

/// How far a task is, with the time left; pure.
struct Progress {
    /// For a terminal.
    let bar: String
    /// For a log.
    let line: String

    init(_ task: TaskRecord, now: Instant) {
        guard let total = task.progressTotal, total > 0 else {
            line = "\(task.info): \(task.status.displayName)"
            bar = line
            return
        }
        let share = min(1, Double(task.progressDone) / Double(total))
        let filled = Int(share * 30)
        let blocks =
            String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        let left =
            task.timeLeft(now: now).map { ", \(Int($0.inSeconds.rounded(.up))) s left" } ?? ""
        let words = "\(Int(share * 100)) % of \(total)\(left)"
        line = "\(task.info): \(words)"
        bar = "\(task.info): \(blocks) \(words)"
    }
}

extension TaskRecord {
    /// The exit code that tells a script how the task ended.
    var exitCode: ExitCode {
        switch status {
        case .completed: .success
        case .error: ExitCodes.taskError
        case .fatal: ExitCodes.taskFatal
        case .new, .executing: ExitCodes.taskWaits
        }
    }
}

extension Session {
    /// Sees a task through, shows it, and exits with its code when it did not go well.
    func finish(_ id: TaskID, replaying origin: TaskID? = nil) async throws {
        let task = try await TaskWatch(session: self).see(id, replaying: origin)
        try output.show(try await view(id))
        guard task.exitCode == .success else { throw task.exitCode }
    }
}
