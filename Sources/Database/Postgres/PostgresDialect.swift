// SPDX-License-Identifier: Apache-2.0

/// The words of PostgreSQL.
enum PostgresDialect {
    /// Text compares by bytes, so that order, cursors and merges agree with SQLite.
    static let ddl = DDL(
        typeWord: { type in
            switch type {
            case .integer: "bigint"
            case .double: "double precision"
            case .text: "text COLLATE \"C\""
            case .boolean: "boolean"
            case .moment: "timestamptz"
            case .day: "date"
            case .bytes: "bytea"
            }
        },
        tableSuffix: PostgresPartitions.suffix,
        partitions: PostgresPartitions.first
    )

    /// The first command of a transaction.
    static func opening(_ isolation: Isolation?) -> String {
        switch isolation {
        case nil: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        case .serial: "BEGIN ISOLATION LEVEL SERIALIZABLE"
        case .guarded, .bulk: "BEGIN ISOLATION LEVEL READ COMMITTED"
        }
    }

    /// What each connection is told at its start.
    ///
    /// Random pages cost little more than others where there are no turning disks; with
    /// PostgreSQL's 4 the planner reads whole tables where an index does.
    static func settings(_ address: PostgresAddress) -> String {
        """
        SET client_min_messages = error; SET timezone = 'UTC'; SET jit = off; \
        SET random_page_cost = 1.1; \
        SET statement_timeout = \(address.statementTimeout * 1_000); \
        SET idle_in_transaction_session_timeout = 600000
        """
    }
}
