// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Foundation
internal import Synchronization

/// Lets writers of all processes in by turns, and tells a bulk writer when others wait.
///
/// SQLite's own busy handler polls with growing pauses, so a writer with long transactions starves
/// the others. Here each writer holds a shared lock on `PATH-waiting` while it queues for the
/// exclusive lock on `PATH-writer`; a bulk writer that cannot lock the first knows to be short.
final class WriterQueue: Sendable {
    private let writer: Int32
    private let waiting: Int32
    private let probe: Int32
    private let queuedHere = Atomic<Int>(0)

    init(database path: String) throws {
        writer = try WriterQueue.open(path + "-writer")
        waiting = try WriterQueue.open(path + "-waiting")
        probe = try WriterQueue.open(path + "-waiting")
    }

    deinit {
        close(writer)
        close(waiting)
        close(probe)
    }

    /// Counts a writer of this process that queues in front of the connection.
    func arrive() { queuedHere.add(1, ordering: .relaxed) }

    /// The writer has got the connection.
    func depart() { queuedHere.subtract(1, ordering: .relaxed) }

    /// Waits for the turn to write.
    func enter(isBulk: Bool) {
        if isBulk { yield() }
        lock(waiting, LOCK_SH)
        lock(writer, LOCK_EX)
        lock(waiting, LOCK_UN)
    }

    /// Lets the next writer in.
    func leave() { lock(writer, LOCK_UN) }

    /// Whether someone queues, in this process or another.
    var othersAreWaiting: Bool {
        if queuedHere.load(ordering: .relaxed) > 0 { return true }
        guard flock(probe, LOCK_EX | LOCK_NB) == 0 else { return true }
        lock(probe, LOCK_UN)
        return false
    }

    /// Steps back while writers of other processes take their turn, at most 20 ms.
    private func yield() {
        for _ in 0..<20 {
            guard flock(probe, LOCK_EX | LOCK_NB) != 0 else {
                lock(probe, LOCK_UN)
                return
            }
            usleep(1_000)
        }
    }

    private func lock(_ file: Int32, _ operation: Int32) {
        while flock(file, operation) != 0 && errno == EINTR {}
    }

    private static func open(_ path: String) throws -> Int32 {
        let file = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw DatabaseError.cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
        return file
    }
}
