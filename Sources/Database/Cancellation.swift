// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// Carries the cancellation of a Swift task to whatever runs for it on a server.
final class Cancellation: Sendable {
    private struct State {
        var isCancelled = false
        var stop: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Whether the task was cancelled.
    var isCancelled: Bool { state.withLock(\.isCancelled) }

    /// Stops what runs.
    func cancel() {
        state.withLock { state in
            state.isCancelled = true
            state.stop?()
        }
    }

    /// Runs a closure that another thread can stop in the meantime.
    ///
    /// - Throws: `CancellationError` when it was stopped, before or while it ran.
    func guarding<T>(stop: @escaping @Sendable () -> Void, _ body: () throws -> T) throws -> T {
        let isCancelled = state.withLock { state in
            state.stop = stop
            return state.isCancelled
        }
        defer { state.withLock { $0.stop = nil } }
        guard !isCancelled else { throw CancellationError() }
        do { return try body() } catch {
            throw self.isCancelled ? CancellationError() : error
        }
    }
}
