// SPDX-License-Identifier: Apache-2.0

/// The words of PostgreSQL.
enum PostgresDialect {
    /// Text compares by bytes, so that order, cursors and merges agree with SQLite.
    ///
    /// Where the next version of each row finds half a page free, no page is searched for what may
    /// go, packed or split: a quarter less work (docs/decisions/0013-merge-on-postgresql.md). An
    /// index that was built full has such pages after its first large change anyhow.
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
        partitions: PostgresPartitions.first,
        room: " WITH (fillfactor = 50)"
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
    ///
    /// Commits are durable when they return: a transaction that a crash takes back would give its id,
    /// which may have been exported, to another.
    static func settings(_ address: PostgresAddress) -> String {
        """
        SET client_min_messages = error; SET timezone = 'UTC'; SET jit = off; \
        SET random_page_cost = 1.1; \
        SELECT set_config('synchronous_commit', 'on', false) \
        WHERE current_setting('synchronous_commit') = 'off'; \
        SET statement_timeout = \(address.statementTimeout * 1_000); \
        SET idle_in_transaction_session_timeout = 600000
        """
    }

    /// The SQLSTATE that a frozen table raises: of a class that PostgreSQL leaves to others.
    static let frozenState = "MR001"

    /// The triggers of a frozen table; of one workspace's rows alone when it is given.
    ///
    /// CREATE TRIGGER waits for everyone who is writing to the table (PostgreSQL 13.3).
    static func freezing(_ table: String, workspace: Int64?) -> [String] {
        let function = """
            CREATE OR REPLACE FUNCTION millrace_frozen() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN RAISE EXCEPTION USING ERRCODE = ''\(frozenState)'', MESSAGE = ''frozen''; END'
            """
        let run = "EXECUTE FUNCTION millrace_frozen()"
        guard let workspace else {
            return [
                function,
                "CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON \(table) "
                    + "FOR EACH STATEMENT \(run)",
            ]
        }
        let name = "frozen_\(workspace)"
        return [
            function,
            "CREATE TRIGGER \(name)_new BEFORE INSERT OR UPDATE ON \(table) FOR EACH ROW "
                + "WHEN (NEW.workspace_id = \(workspace)) \(run)",
            "CREATE TRIGGER \(name)_old BEFORE UPDATE OR DELETE ON \(table) FOR EACH ROW "
                + "WHEN (OLD.workspace_id = \(workspace)) \(run)",
        ]
    }

    /// Takes the triggers of a frozen table away.
    static func thawing(_ table: String, workspace: Int64?) -> [String] {
        let names = workspace.map { ["frozen_\($0)_new", "frozen_\($0)_old"] } ?? ["frozen"]
        return names.map { "DROP TRIGGER IF EXISTS \($0) ON \(table)" }
    }
}
