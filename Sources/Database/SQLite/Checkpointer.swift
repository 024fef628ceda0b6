// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Foundation
internal import GRDB
internal import GRDBSQLite
internal import Synchronization

/// Moves the write-ahead log into the database once it has grown to 32 MB.
///
/// A PASSIVE checkpoint runs beside the writers; a last short pass under the writer's lock lets
/// the log start over (design/protocols.md, "Import"). An open reader grew an unchecked log to
/// 2.9 GB. Only bulk writers wait for it.
final class Checkpointer: Sendable {
    private let connection: DatabaseQueue
    private let logPath: String
    private let isRunning = Atomic<Bool>(false)
    private let background = DispatchQueue(label: "millrace.checkpoint")

    init(path: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        connection = try DatabaseQueue(path: path, configuration: configuration)
        logPath = path + "-wal"
    }

    /// Starts a checkpoint when the log is large; a bulk writer waits until it is done.
    func relieve(isBulk: Bool, queue: WriterQueue?) {
        guard logSize > Checkpointer.threshold else { return }
        if isBulk {
            background.sync { checkpoint(queue) }
        } else if isRunning.exchange(true, ordering: .relaxed) == false {
            background.async { [self] in
                checkpoint(queue)
                isRunning.store(false, ordering: .relaxed)
            }
        }
    }

    private func checkpoint(_ queue: WriterQueue?) {
        guard logSize > Checkpointer.threshold else { return }
        passive()
        queue?.enter(isBulk: true)
        defer { queue?.leave() }
        passive()
    }

    private func passive() {
        connection.writeWithoutTransaction { database in
            _ = sqlite3_wal_checkpoint_v2(
                database.sqliteConnection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
        }
    }

    private var logSize: Int64 {
        var status = stat()
        return stat(logPath, &status) == 0 ? Int64(status.st_size) : 0
    }

    private static let threshold: Int64 = 32 << 20
}
