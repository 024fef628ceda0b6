// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Foundation
internal import GRDB
internal import GRDBSQLite
internal import Synchronization

/// Moves the write-ahead log into the database once it has grown to 32 MB.
///
/// A PASSIVE checkpoint runs beside the writers; a last short pass under the writer's lock empties
/// the log (design/protocols.md, "Import"), or leaves it to the next commit while a reader needs
/// it. An open reader grew an unchecked log to 2.9 GB. Only bulk writers wait for it.
final class Checkpointer: Sendable {
    private let connection: DatabaseQueue
    private let queue: WriterQueue
    private let logPath: String
    private let isRunning = Atomic<Bool>(false)
    private let background = DispatchQueue(label: "millrace.checkpoint")

    init(path: String) throws {
        var configuration = Configuration()
        // The last pass waits this long at most for readers, while it keeps writers out.
        configuration.busyMode = .timeout(0.02)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        connection = try DatabaseQueue(path: path, configuration: configuration)
        // Locks belong to an open file: the writers' own would let both in at once.
        queue = try WriterQueue(database: path)
        logPath = path + "-wal"
    }

    /// Closes the connection once no checkpoint runs.
    func close() throws {
        try background.sync { try connection.close() }
    }

    /// Starts a checkpoint when the log is large; a bulk writer waits until it is done.
    func relieve(isBulk: Bool) {
        guard logSize > Checkpointer.threshold else { return }
        if isBulk {
            background.sync { checkpoint() }
        } else if isRunning.exchange(true, ordering: .relaxed) == false {
            background.async { [self] in
                checkpoint()
                isRunning.store(false, ordering: .relaxed)
            }
        }
    }

    private func checkpoint() {
        guard logSize > Checkpointer.threshold else { return }
        run(SQLITE_CHECKPOINT_PASSIVE)
        queue.enter(isBulk: true)
        defer { queue.leave() }
        run(SQLITE_CHECKPOINT_TRUNCATE)
    }

    private func run(_ mode: Int32) {
        connection.writeWithoutTransaction { database in
            _ = sqlite3_wal_checkpoint_v2(
                database.sqliteConnection,
                nil,
                mode,
                nil,
                nil
            )
        }
    }

    private var logSize: Int64 {
        var status = stat()
        return stat(logPath, &status) == 0 ? Int64(status.st_size) : 0
    }

    private static let threshold: Int64 = 32 << 20
}
