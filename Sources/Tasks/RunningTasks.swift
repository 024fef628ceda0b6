// SPDX-License-Identifier: Apache-2.0
internal import Database
internal import Synchronization

/// The runs of one worker that have not ended, and whether the worker shuts down.
final class RunningTasks: Sendable {
    private struct State {
        var runs: [String: (run: TaskRun, work: Task<Void, Never>)] = [:]
        /// Runs that ended before their work was noted.
        var early: Set<String> = []
    }

    private let state = Mutex(State())
    /// Rings whenever a run has ended.
    let freed = Bell()

    var count: Int { state.withLock { $0.runs.count } }

    /// The runs that have not ended.
    var all: [TaskRun] { state.withLock { $0.runs.values.map(\.run) } }

    /// Starts the work of a run, on its own: it outlives whoever started it.
    func start(_ run: TaskRun, _ work: @escaping @Sendable () async -> Void) {
        let task = Task {
            await work()
            end(run)
        }
        state.withLock { state in
            guard state.early.remove(run.lease) == nil else { return }
            state.runs[run.lease] = (run, task)
        }
    }

    /// Cancels the work of every run that has not ended.
    func cancel() {
        for work in state.withLock({ $0.runs.values.map(\.work) }) { work.cancel() }
    }

    private func end(_ run: TaskRun) {
        state.withLock { state in
            if state.runs.removeValue(forKey: run.lease) == nil { state.early.insert(run.lease) }
        }
        freed.ring()
    }
}
