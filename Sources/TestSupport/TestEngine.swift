// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The engines that every store's tests run on: `@Test(arguments: TestEngine.allCases)`.
public enum TestEngine: String, CaseIterable, Sendable, CustomStringConvertible {
    /// SQLite in memory.
    case memory
    /// SQLite in a file.
    case file

    /// The engine's name.
    public var description: String { rawValue }

    /// Opens a fresh database, which disappears when it is no longer used.
    ///
    /// - Parameters:
    ///   - migrations: The rooms' migrations, in order.
    ///   - time: The clock of the database; a standing one unless given.
    ///   - record: Called with each statement that is prepared.
    /// - Returns: The database, its schema up to date.
    /// - Throws: `DatabaseError`.
    public func open(
        migrations: [Migration] = [],
        time: any TimeSource = ManualTime(),
        record: (@Sendable (String) -> Void)? = nil
    ) throws -> Database {
        switch self {
        case .memory:
            return try Database(
                .memory,
                migrations: migrations,
                time: time,
                randomness: SeededRandomness(),
                record: record
            )
        case .file:
            let folder = try TemporaryFolder()
            // The engine keeps the closure, and the closure keeps the folder.
            let keeping: @Sendable (String) -> Void = { statement in
                withExtendedLifetime(folder) { record?(statement) }
            }
            return try Database(
                .sqlite(path: folder.path("test.db")),
                migrations: migrations,
                time: time,
                randomness: SeededRandomness(),
                record: keeping
            )
        }
    }
}
