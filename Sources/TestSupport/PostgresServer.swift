// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A PostgreSQL server of the test's own, empty, started by scripts/postgres-server.sh.
///
/// Stopped and removed with its folder when this object is released, and when the process ends,
/// however it ends. All calls block; they may come from any thread.
public final class PostgresServer: Sendable {
    /// The folder of the Unix socket, the data and, with `tcp`, the certificate `root.crt`.
    public let folder: String

    private let socketURI: String
    private let networkURI: String?
    private let script: PipedProcess
    private let commands = NSLock()

    /// Starts a server and waits until it accepts connections.
    ///
    /// - Parameters:
    ///   - durable: Whether it syncs what it commits, and vacuums: for tests of power loss and
    ///     benchmarks. By default it does neither; commits survive ``restart()`` all the same.
    ///   - tcp: Whether it also listens on 127.0.0.1, with a password and TLS; see ``networkURI(database:)``.
    ///   - settings: Further settings of the server, by their names in postgresql.conf.
    /// - Throws: ``PostgresServerError`` when no server is installed, or it does not start.
    public init(
        durable: Bool = false,
        tcp: Bool = false,
        settings: [String: String] = [:]
    ) throws {
        let path = PythonScript.repository.appendingPathComponent("scripts/postgres-server.sh").path
        var command = [path] + (durable ? ["--durable"] : []) + (tcp ? ["--tcp"] : [])
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
            command += ["--set", "\(name)=\(value)"]
        }
        script = try PipedProcess(command)
        let words = try Self.ready(script)
        socketURI = words[1]
        networkURI = words.count > 2 ? words[2] : nil
        folder = String(words[1].split(separator: "=")[1].prefix { $0 != "&" })
    }

    /// The server that the tests of this process share; each makes databases of its own in it.
    ///
    /// - Throws: ``PostgresServerError``, the same one at every call.
    public static func shared() throws -> PostgresServer { try sharedServer.get() }

    /// Started by the first caller, the others wait; ends with the process.
    private static let sharedServer = Result { try PostgresServer() }

    /// The address of a database by the Unix socket, as a URI of libpq (PostgreSQL 34.1.1.2).
    public func uri(database: String = "postgres") -> String {
        Self.replaceDatabase(of: socketURI, by: database)
    }

    /// The address of a database on 127.0.0.1, its password within; append `?sslmode=…` as needed.
    ///
    /// - Returns: `nil` for a server made without `tcp`.
    public func networkURI(database: String = "postgres") -> String? {
        networkURI.map { Self.replaceDatabase(of: $0, by: database) }
    }

    /// Ends the server as a crash would, without a checkpoint, and starts it again.
    ///
    /// - Throws: ``PostgresServerError/commandFailed(_:words:)``.
    public func restart() throws { try command("restart immediate") }

    /// Ends the server as a crash would; connections are refused until ``start()``.
    ///
    /// - Throws: ``PostgresServerError/commandFailed(_:words:)``.
    public func stopImmediately() throws { try command("stop immediate") }

    /// Starts the server after ``stopImmediately()``.
    ///
    /// - Throws: ``PostgresServerError/commandFailed(_:words:)``.
    public func start() throws { try command("start") }

    /// Runs SQL by the psql program: a look at the server from outside.
    ///
    /// - Returns: the rows, a line each, their values separated by `|`.
    /// - Throws: ``PostgresServerError/queryFailed(words:)`` at the first statement that fails.
    public func psql(_ sql: String, database: String = "postgres") throws -> String {
        let program = try PipedProcess([
            "env", "PGOPTIONS=-c client_min_messages=error", "psql", "--no-psqlrc", "--quiet",
            "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--dbname",
            uri(database: database), "--command", sql,
        ])
        program.endInput()
        let output = program.readAll()
        guard program.succeeded() else { throw PostgresServerError.queryFailed(words: output) }
        return output
    }

    /// Copies a database into an empty one of another server, as a person would: by pg_dump.
    ///
    /// - Throws: ``PostgresServerError/queryFailed(words:)``.
    public func copy(_ database: String, to other: PostgresServer, as name: String) throws {
        _ = try other.psql("CREATE DATABASE \(name)")
        let program = try PipedProcess([
            "bash", "-o", "pipefail", "-c",
            #"pg_dump --no-owner "$0" | psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 -o /dev/null "$1""#,
            uri(database: database), other.uri(database: name),
        ])
        program.endInput()
        let output = program.readAll()
        guard program.succeeded() else { throw PostgresServerError.queryFailed(words: output) }
    }

    /// Uses up transaction ids, so that a copy elsewhere begins below.
    public func burnTransactions(_ count: Int, database: String = "postgres") throws {
        _ = try psql(
            """
            DO $$ BEGIN FOR i IN 1..\(count) LOOP PERFORM pg_current_xact_id(); COMMIT;
            END LOOP; END $$
            """,
            database: database
        )
    }

    /// The script names the database postgres, before any parameter.
    private static func replaceDatabase(of uri: String, by database: String) -> String {
        guard let name = uri.range(of: "/postgres") else { return uri }
        return uri.replacingCharacters(in: name, with: "/" + database)
    }

    private func command(_ line: String) throws {
        try commands.withLock {
            script.writeLine(line)
            let answer = script.readLine() ?? ""
            guard answer.hasPrefix("ready ") || answer == "stopped" else {
                throw PostgresServerError.commandFailed(line, words: answer + script.readAll())
            }
        }
    }

    /// Reads the line `ready URI [URI]`; another one is what went wrong.
    private static func ready(_ script: PipedProcess) throws -> [String] {
        let line = script.readLine() ?? ""
        let words = line.split(separator: " ").map(String.init)
        guard words.count > 1, words[0] == "ready", words[1].contains("host=") else {
            throw PostgresServerError.notStarted(words: line + "\n" + script.readAll())
        }
        return words
    }
}

/// Why a PostgreSQL server for tests is not there.
public enum PostgresServerError: Error, CustomStringConvertible {
    /// None is installed, or it did not start; the words of the script.
    case notStarted(words: String)
    /// The server did not obey a command.
    case commandFailed(String, words: String)
    /// psql refused; its own words.
    case queryFailed(words: String)

    /// A sentence, and what the program said.
    public var description: String {
        switch self {
        case .notStarted(let words): "The PostgreSQL server did not start: \(words)"
        case .commandFailed(let command, let words):
            "The PostgreSQL server did not obey “\(command)”: \(words)"
        case .queryFailed(let words): "psql failed: \(words)"
        }
    }
}
