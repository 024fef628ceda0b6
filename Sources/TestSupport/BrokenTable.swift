// SPDX-License-Identifier: Apache-2.0
public import Database

extension TestEngine {
    /// Lets insertions into a table fail, where a condition on a new row's column holds.
    public func breakInsertions(
        _ table: String,
        where condition: String,
        in transaction: Transaction
    ) throws {
        guard self == .postgres else {
            try transaction.execute(
                """
                CREATE TRIGGER broken BEFORE INSERT ON \(table) WHEN NEW.\(condition)
                BEGIN SELECT RAISE(ABORT, 'disk is broken'); END
                """
            )
            return
        }
        try transaction.execute(
            """
            CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql
            AS 'BEGIN RAISE EXCEPTION ''disk is broken''; END'
            """
        )
        try transaction.execute(
            """
            CREATE TRIGGER broken BEFORE INSERT ON \(table)
            FOR EACH ROW WHEN (NEW.\(condition)) EXECUTE FUNCTION broken()
            """
        )
    }

    /// Undoes ``breakInsertions(_:where:in:)``.
    public func mend(_ table: String, in transaction: Transaction) throws {
        guard self == .postgres else {
            try transaction.execute("DROP TRIGGER broken")
            return
        }
        try transaction.execute("DROP FUNCTION broken CASCADE")
    }
}
