// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The least that could do the job on PostgreSQL: psql copies a file into an unlogged staging table
/// and merges it sorted, with the same columns and indexes as ours (goals.md, P2).
struct PostgresFloor {
    /// The database's address, as a URI of libpq.
    let uri: String

    /// Makes the empty table.
    func create() throws {
        try shell(
            """
            CREATE TABLE p (id bigint GENERATED ALWAYS AS IDENTITY (CACHE 1000) PRIMARY KEY,
                \(Self.columns(PeopleFile.columns.dropLast())),
                "loyaltyPoints" bigint, stamp bigint NOT NULL);
            CREATE UNIQUE INDEX p_key ON p ("userId");
            CREATE INDEX p_email ON p ("emailAddress");
            CREATE INDEX p_phone ON p ("gsmNumber");
            CREATE INDEX p_stamp ON p (stamp);
            """
        )
    }

    /// Imports a file; returns the seconds it took.
    func load(_ csv: String, stamp: Int) throws -> Double {
        let names = PeopleFile.columns.map { "\"\($0)\"" }
        let others = names.dropFirst()
        let updates = others.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        let old = others.map { "p.\($0)" }.joined(separator: ", ")
        let new = others.map { "excluded.\($0)" }.joined(separator: ", ")
        let start = Date()
        try shell(
            """
            CREATE UNLOGGED TABLE staging (\(Self.columns(PeopleFile.columns[...])));
            \\copy staging FROM '\(csv)' WITH (FORMAT csv, HEADER)
            INSERT INTO p (\(names.joined(separator: ", ")), stamp)
                SELECT \(names.dropLast().joined(separator: ", ")),
                    CAST("loyaltyPoints" AS bigint), \(stamp) FROM staging
                ORDER BY "userId"
                ON CONFLICT ("userId") DO UPDATE SET \(updates), stamp = excluded.stamp
                WHERE (\(old)) IS DISTINCT FROM (\(new));
            DROP TABLE staging;
            """
        )
        return Date().timeIntervalSince(start)
    }

    /// Text compares by bytes, as ours does.
    private static func columns(_ names: ArraySlice<String>) -> String {
        names.map { "\"\($0)\" text COLLATE \"C\"" }.joined(separator: ", ")
    }

    private func shell(_ script: String) throws {
        let arguments = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", uri]
        try Shell(program: "/usr/bin/psql", arguments: arguments).run(script)
    }
}
