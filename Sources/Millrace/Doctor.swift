// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Exports
import Foundation
import Messaging
import Tasks

/// Looks an installation over and says what is wrong, in words.
public struct Doctor: Sendable {
    /// One thing that was looked at.
    public struct Finding: Sendable, Hashable, Codable {
        /// What was looked at.
        public var subject: String
        /// Whether it is as it should be.
        public var isGood: Bool
        /// What was found.
        public var words: String
    }

    private let installation: Installation

    /// Makes a doctor for an installation.
    public init(_ installation: Installation) {
        self.installation = installation
    }

    /// Looks at everything.
    public func examine() async throws -> [Finding] {
        [
            try await integrity(), try await clock(), try await nodes(), try await waiting(),
            permissions(), transport(),
        ]
    }

    private func integrity() async throws -> Finding {
        let database = installation.database
        let problems = try await database.blocking { try database.integrityProblems() }
        return Finding(
            subject: "database",
            isGood: problems.isEmpty,
            words: problems.isEmpty
                ? "\(installation.configuration.database): ok"
                : problems.joined(separator: "; ")
        )
    }

    private func clock() async throws -> Finding {
        let standing = try await installation.database.read { connection in
            try ChangeClock.standing(in: connection)
        }
        let epoch = "epoch \(standing.epoch) of installation \(standing.installation.prefix(8))"
        guard standing.isHeld else {
            return Finding(subject: "change clock", isGood: true, words: epoch)
        }
        return Finding(
            subject: "change clock",
            isGood: false,
            words: "\(epoch): the database was restored from a backup and sends are held; "
                + "accept it with --accept-restore"
        )
    }

    private func nodes() async throws -> Finding {
        let now = installation.database.time.now()
        let nodes = try await NodeStore(installation.database).all()
        let lost = nodes.filter { $0.isLost(now: now) }
        let workers = nodes.filter {
            !$0.isLost(now: now) && $0.roles.contains(Role.worker.rawValue)
        }
        let alive =
            workers.isEmpty
            ? "none is running; `millrace serve` runs schedules"
            : workers.map(\.name).joined(separator: ", ")
        let gone = lost.isEmpty ? "" : "; lost: " + lost.map(\.name).joined(separator: ", ")
        return Finding(subject: "workers", isGood: true, words: alive + gone)
    }

    private func waiting() async throws -> Finding {
        let counts = try await installation.database.read { connection in
            try connection.rows(
                """
                SELECT status, count(*) AS total FROM task -- all workspaces
                WHERE status IN ('new', 'executing') GROUP BY status
                """
            ).map {
                "\(try $0.get("total", as: Int.self)) \(try $0.get("status", as: String.self))"
            }
        }
        return Finding(
            subject: "tasks",
            isGood: true,
            words: counts.isEmpty ? "none waits" : counts.joined(separator: ", ")
        )
    }

    private func permissions() -> Finding {
        let open = personalPaths.filter { path in
            var status = stat()
            return stat(path, &status) != 0 || status.st_mode & 0o077 != 0
        }
        return Finding(
            subject: "files",
            isGood: open.isEmpty,
            words: open.isEmpty
                ? "for the owner alone"
                : "others can read " + open.joined(separator: ", ")
        )
    }

    /// What holds personal data on this machine; a server guards its own files.
    private var personalPaths: [String] {
        let configuration = installation.configuration
        guard case .sqlite(let path) = configuration.database else {
            return [configuration.dataFolder]
        }
        return [path]
    }

    private func transport() -> Finding {
        guard let relay = installation.configuration.relay else {
            return Finding(
                subject: "mail",
                isGood: true,
                words: "kept in the outbox \(installation.configuration.outboxFolder)"
            )
        }
        return Finding(
            subject: "mail",
            isGood: true,
            words: "handed to \(relay.host):\(relay.port)"
        )
    }
}
