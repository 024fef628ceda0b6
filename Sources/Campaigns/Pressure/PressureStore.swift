// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The commercial pressure of a workspace's profile tables: limits, and what profiles got.
///
/// A message counts when it is planned, since two sends that are planned at once must not both go
/// over a limit; one that is never sent is taken off again.
public struct PressureStore: Sendable {
    let workspace: WorkspaceID

    /// The pressure of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// The limits of a profile table; without any when nobody set some.
    public func limits(
        of table: ProfileTableID,
        in connection: Connection
    ) throws -> PressureLimits {
        let row = try connection.row(
            """
            SELECT per_day, per_week, per_month, zone FROM pressure_limit
            WHERE workspace_id = $1 AND table_id = $2
            """,
            [workspace, table]
        )
        guard let row else { return PressureLimits() }
        return PressureLimits(
            perDay: try row.get("per_day"),
            perWeek: try row.get("per_week"),
            perMonth: try row.get("per_month"),
            zone: Zone(try row.get("zone", as: String.self)) ?? .utc
        )
    }

    /// Sets the limits of a profile table, for what is planned from now on; messages of before the
    /// first limit was set do not count.
    ///
    /// - Throws: ``CampaignError/refused(attribute:reason:)``.
    public func set(
        _ limits: PressureLimits,
        of table: ProfileTableID,
        in transaction: Transaction
    ) throws {
        try limits.check()
        try transaction.execute(
            """
            INSERT INTO pressure_limit (workspace_id, table_id, per_day, per_week, per_month, zone)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (workspace_id, table_id) DO UPDATE SET per_day = excluded.per_day,
                per_week = excluded.per_week, per_month = excluded.per_month, zone = excluded.zone
            """,
            [
                workspace, table, limits.perDay, limits.perWeek, limits.perMonth,
                limits.zone.name,
            ]
        )
    }

    /// Keeps others from planning over the same table until the transaction ends.
    func lock(_ table: ProfileTableID, in transaction: Transaction) throws {
        try transaction.lock("pressure:\(workspace):\(table)")
    }

    /// What profiles got, by their position; nothing of those who got nothing yet.
    func tallies(
        of profiles: [ProfileID],
        _ table: ProfileTableID,
        in connection: Connection
    ) throws -> [Int: PressureTally] {
        var found: [Int: PressureTally] = [:]
        let lookup = Lookup(
            table: "pressure",
            key: "profile_id",
            columns: PressureTally.columns,
            keys: profiles.map { $0.sql },
            fixed: [("workspace_id", workspace.sql), ("table_id", table.sql)],
            order: "profile_id"
        )
        try connection.lookup(lookup) { position, cursor in
            var periods = PressurePeriods(Day(number: cursor.integer(0)))
            (periods.week, periods.month) = (cursor.integer(2), cursor.integer(4))
            found[position] = PressureTally(
                periods: periods,
                day: Int(cursor.integer(1)),
                week: Int(cursor.integer(3)),
                month: Int(cursor.integer(5))
            )
        }
        return found
    }

    /// Someone who gets a message, with what they got before; nil for nothing.
    typealias Recipient = (profile: ProfileID, before: PressureTally?)

    /// Counts a message of a weight for people whose tallies were read under the lock.
    func count(
        _ people: [Recipient],
        _ table: ProfileTableID,
        weight: Int,
        in periods: PressurePeriods,
        _ transaction: Transaction
    ) throws {
        let new = people.filter { $0.before == nil }
        if !new.isEmpty {
            let writer = try transaction.insertion(
                into: "pressure",
                columns: ["workspace_id", "table_id", "profile_id"] + PressureTally.columns
            )
            let values = PressureTally(periods, weight: weight).values
            for person in new {
                writer.integer(workspace.value)
                writer.integer(table.value)
                writer.integer(person.profile.value)
                for value in values { writer.integer(value) }
                try writer.endRow()
            }
            try writer.finish()
        }
        guard new.count < people.count else { return }
        let writer = try transaction.update(
            of: "pressure",
            columns: PressureTally.columns,
            key: "profile_id",
            within: [("workspace_id", workspace.sql), ("table_id", table.sql)]
        )
        for person in people {
            guard let tally = person.before else { continue }
            for value in tally.adding(weight, in: periods).values { writer.integer(value) }
            writer.integer(person.profile.value)
            try writer.endRow()
        }
        try writer.finish()
    }

    /// Counts the pending interactions of a send, each as so many messages.
    func count(
        _ send: SendID,
        weight: Int,
        in periods: PressurePeriods,
        _ transaction: Transaction
    ) throws {
        try transaction.execute(
            PressureStore.statement,
            [workspace, weight, periods.day, periods.week, periods.month, send]
        )
    }

    private static let statement = """
        INSERT INTO pressure (workspace_id, table_id, profile_id, day, day_total, week,
            week_total, month, month_total)
        SELECT i.workspace_id, i.table_id, i.profile_id, $3, $2, $4, $2, $5, $2
        FROM interaction i
        WHERE i.workspace_id = $1 AND i.send_id = $6 AND i.state = 'pending'
        ON CONFLICT (workspace_id, table_id, profile_id) DO UPDATE SET
            day_total = excluded.day_total
                + CASE WHEN pressure.day = excluded.day THEN pressure.day_total ELSE 0 END,
            week_total = excluded.week_total
                + CASE WHEN pressure.week = excluded.week THEN pressure.week_total ELSE 0 END,
            month_total = excluded.month_total
                + CASE WHEN pressure.month = excluded.month
                    THEN pressure.month_total ELSE 0 END,
            day = excluded.day, week = excluded.week, month = excluded.month
        """
}

extension PressureTally {
    fileprivate static let columns = [
        "day", "day_total", "week", "week_total", "month", "month_total",
    ]

    fileprivate var values: [Int64] {
        [
            periods.day, Int64(day), periods.week, Int64(week), periods.month, Int64(month),
        ]
    }
}
