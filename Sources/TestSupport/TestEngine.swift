// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The engines that every store's tests run on: `@Test(arguments: TestEngine.allCases)`.
public enum TestEngine: String, CaseIterable, Sendable, CustomStringConvertible {
    /// SQLite in memory.
    case memory
    /// SQLite in a file.
    case file
    /// PostgreSQL.
    case postgres

    /// One engine of each kind: for what a file could not change.
    public static let dialects: [TestEngine] = [.memory, .postgres]

    /// The engines whose data outlive the program that wrote them.
    public static let lasting: [TestEngine] = [.file, .postgres]

    /// The engine's name.
    public var description: String { rawValue }

    /// Opens a fresh database, which disappears when it is no longer used.
    ///
    /// - Parameters:
    ///   - migrations: The rooms' migrations, in order.
    ///   - time: The clock of the database; a standing one unless given.
    ///   - record: Called with each statement that is prepared.
    /// - Returns: The database, its schema up to date.
    /// - Throws: `DatabaseError`, or ``PostgresServerError``.
    public func open(
        migrations: [Migration] = [],
        time: any TimeSource = ManualTime(),
        record: (@Sendable (String) -> Void)? = nil
    ) throws -> Database {
        let place = try place(migrations: migrations)
        // The engine keeps the closure, and the closure keeps the place.
        let keeping: @Sendable (String) -> Void = { statement in
            withExtendedLifetime(place) { record?(statement) }
        }
        return try Database(
            place.address,
            migrations: migrations,
            time: time,
            randomness: SeededRandomness(),
            record: keeping
        )
    }

    /// A place for one fresh database, which disappears with the place.
    ///
    /// - Parameter migrations: What will be applied there; a PostgreSQL database has them already.
    /// - Returns: The place.
    /// - Throws: `DatabaseError`, or ``PostgresServerError``.
    public func place(migrations: [Migration] = []) throws -> DatabasePlace {
        switch self {
        case .memory: DatabasePlace(.memory)
        case .file: try .inFolder()
        case .postgres: try PostgresTemplates.shared.place(migrations)
        }
    }
}

/// Where a test's database lies, as long as this is kept.
public final class DatabasePlace: Sendable {
    /// The database's address.
    public let address: DatabaseAddress
    /// The address as text.
    public var uri: String { "\(address)" }
    private let clear: @Sendable () -> Void

    init(_ address: DatabaseAddress, clear: @escaping @Sendable () -> Void = {}) {
        self.address = address
        self.clear = clear
    }

    deinit { clear() }

    /// Opens a connection beside Millrace's own, for PostgreSQL.
    ///
    /// - Throws: ``PostgresServerError``.
    public func session() throws -> PostgresSession { try PostgresSession(uri) }

    /// A PostgreSQL database that nobody has opened yet, without any table.
    public static func emptyPostgres() throws -> DatabasePlace {
        try PostgresTemplates.shared.emptyPlace()
    }

    static func inFolder() throws -> DatabasePlace {
        let folder = try TemporaryFolder()
        return DatabasePlace(.sqlite(path: folder.path("test.db"))) {
            withExtendedLifetime(folder) {}
        }
    }
}
