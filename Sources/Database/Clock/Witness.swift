// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Synchronization

/// What the world outside has seen of the change clock, kept beside the database.
///
/// Written before every external effect and at each tick. A database that is older than its
/// witness was restored from a backup (design/architecture.md, "Change clock").
struct Witness: Codable, Equatable {
    /// The installation that the witness belongs to.
    var installation: String
    /// The highest stamp that was drawn.
    var stamp: Stamp
}

/// Where a witness is kept.
protocol WitnessStore: Sendable {
    func read() throws -> Witness?
    func write(_ witness: Witness) throws
}

/// A witness in a file of its own, replaced as a whole and synced; it never goes back.
///
/// Threads take turns by the mutex, processes by a lock on the folder.
final class WitnessFile: WitnessStore {
    let path: String
    /// The highest stamp that was written; threads come here in any order.
    private let written = Mutex(Stamp(0))

    init(path: String) { self.path = path }

    func read() throws -> Witness? {
        guard let data = FileManager.default.contents(atPath: path), !data.isEmpty else {
            return nil
        }
        return try JSONDecoder().decode(Witness.self, from: data)
    }

    func write(_ witness: Witness) throws {
        try written.withLock { last in
            guard last < witness.stamp else { return }
            try inTurn {
                if let present = try read(), present.installation == witness.installation,
                    present.stamp >= witness.stamp
                {
                    return
                }
                try replace(witness)
            }
            last = witness.stamp
        }
    }

    private func inTurn(_ work: () throws -> Void) throws {
        let folder = open((path as NSString).deletingLastPathComponent.orHere, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { throw failure() }
        defer { close(folder) }
        // Closed at exec, or a child that was just spawned would keep the lock.
        guard flock(folder, LOCK_EX) == 0 else { throw failure() }
        try work()
    }

    private func replace(_ witness: Witness) throws {
        let bytes = Array(try JSONEncoder().encode(witness))
        // A command may run beside the server.
        let beside = "\(path).new.\(getpid())"
        let file = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure() }
        defer { close(file) }
        guard
            bytes.withUnsafeBytes({ Foundation.write(file, $0.baseAddress, $0.count) })
                == bytes.count, fsync(file) == 0, rename(beside, path) == 0
        else { throw failure() }
    }

    private func failure() -> DatabaseError {
        .cannotOpen(path: path, reason: String(cString: strerror(errno)))
    }
}

extension String {
    /// The folder of a path that names none.
    fileprivate var orHere: String { isEmpty ? "." : self }
}

/// No witness: for databases in memory, which nobody can restore.
struct NoWitness: WitnessStore {
    func read() throws -> Witness? { nil }
    func write(_ witness: Witness) throws {}
}
