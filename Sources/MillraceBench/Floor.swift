// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The least that could do the job: the sqlite3 shell stages a file and merges it sorted, with the
/// same pragmas, columns and indexes as ours.
struct Floor {
    let path: String

    static let pragmas = """
        PRAGMA synchronous=FULL; PRAGMA cache_size=-32768; PRAGMA temp_store=FILE;
        """

    /// Makes the empty table.
    func create() throws {
        try shell(
            """
            PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL;
            CREATE TABLE p (id INTEGER PRIMARY KEY, userId TEXT, emailAddress TEXT, gsmNumber TEXT,
                firstName TEXT, lastName TEXT, language TEXT, timeZone TEXT, city TEXT,
                birthDate TEXT, loyaltyPoints INTEGER, stamp INTEGER NOT NULL) STRICT;
            CREATE UNIQUE INDEX p_key ON p (userId);
            CREATE INDEX p_email ON p (emailAddress);
            CREATE INDEX p_phone ON p (gsmNumber);
            CREATE INDEX p_stamp ON p (stamp);
            """
        )
    }

    /// Imports a file; returns the seconds it took.
    func load(_ csv: String, stamp: Int) throws -> Double {
        let columns = PeopleFile.columns.joined(separator: ", ")
        let updates = PeopleFile.columns.dropFirst().map { "\($0) = excluded.\($0)" }
            .joined(separator: ", ")
        let staging = PeopleFile.columns.map { "\($0) TEXT" }.joined(separator: ", ")
        let start = Date()
        try shell(
            """
            \(Floor.pragmas)
            CREATE TEMP TABLE staging (\(staging));
            .mode csv
            .import --skip 1 \(csv) staging
            BEGIN IMMEDIATE;
            INSERT INTO p (\(columns), stamp)
                SELECT \(PeopleFile.columns.dropLast().joined(separator: ", ")),
                    CAST(loyaltyPoints AS INTEGER), \(stamp) FROM staging WHERE true
                ORDER BY userId
                ON CONFLICT (userId) DO UPDATE SET \(updates), stamp = excluded.stamp;
            COMMIT;
            """
        )
        return Date().timeIntervalSince(start)
    }

    private func shell(_ script: String) throws {
        try Shell(program: "/usr/bin/sqlite3", arguments: [path]).run(script)
    }
}

/// What keeps a benchmark from being run.
enum BenchError: Error {
    case floorFailed
    case importFailed(String)
    case exportFailed(String)
}
