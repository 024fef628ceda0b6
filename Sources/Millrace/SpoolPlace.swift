// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Files

/// Where an installation keeps its files between two steps.
public enum SpoolPlace: Sendable, Hashable {
    /// What suits the database: with SQLite a folder of this machine, with PostgreSQL the database.
    case standard
    /// The database, with copies on each machine.
    case database
    /// A folder that all nodes share, by its whole path.
    case sharedFolder(String)

    /// Reads `database` or `folder:PATH`, the path from the root on.
    ///
    /// - Throws: ``ConfigurationError/badSpool(_:)``.
    public init(_ text: String) throws {
        if text == "database" {
            self = .database
        } else if text.hasPrefix("folder:/") {
            self = .sharedFolder(String(text.dropFirst("folder:".count)))
        } else {
            throw ConfigurationError.badSpool(text)
        }
    }

    /// The folder that holds the files themselves; nil when the database does.
    func folder(_ configuration: Configuration) -> String? {
        switch self {
        case .standard:
            if case .postgres = configuration.database { return nil }
            return configuration.spoolFolder
        case .database: return nil
        case .sharedFolder(let path): return path
        }
    }

    /// Opens the spool of an installation.
    ///
    /// - Parameters:
    ///   - configuration: The folders of this machine.
    ///   - database: The installation's database.
    ///   - failpoints: Places where tests can stop the program.
    ///   - owner: The installation that a shared folder is to belong to; the database's own unless
    ///     given.
    /// - Returns: The spool.
    /// - Throws: What files or database say.
    func open(
        _ configuration: Configuration,
        _ database: Database,
        _ failpoints: Failpoints,
        owner: String? = nil
    ) throws -> Spool {
        switch self {
        case .standard:
            switch configuration.database {
            case .sqlite, .memory: return try Spool(root: configuration.spoolFolder)
            case .postgres:
                return try SpoolPlace.database.open(configuration, database, failpoints)
            }
        case .database:
            return try Spool(
                cacheRoot: configuration.spoolFolder,
                in: database,
                failpoints: failpoints
            )
        case .sharedFolder(let path):
            let standing = try database.readBlocking { try ChangeClock.standing(in: $0) }
            return try Spool(
                sharedRoot: path,
                installation: owner ?? standing.installation,
                scratchRoot: configuration.spoolFolder
            )
        }
    }
}
