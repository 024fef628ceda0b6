// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database

/// Takes messages that were planned and never sent off the pressure again.
struct PressureRelease {
    let workspace: WorkspaceID
    let campaign: Campaign

    /// Interactions that were given up.
    func release(_ given: [Interaction], in transaction: Transaction) throws {
        guard !given.isEmpty, let zone = try zone(in: transaction) else { return }
        let places = given.indices.map { "$\($0 + 9)" }.joined(separator: ", ")
        try release(
            from: given.map(\.createdAt),
            "i.id IN (\(places))",
            given.map { $0.id as any SQLConvertible },
            zone,
            transaction
        )
    }

    /// What is still open of a send that is stopped; before it is marked so.
    func releaseOpen(of send: SendID, in transaction: Transaction) throws {
        guard let zone = try zone(in: transaction) else { return }
        let row = try transaction.row(
            """
            SELECT min(created_at) AS first, max(created_at) AS last FROM interaction
            WHERE workspace_id = $1 AND send_id = $2 AND state IN ('pending', 'retry')
            """,
            [workspace, send]
        )
        let first: Instant? = try row?.get("first")
        let last: Instant? = try row?.get("last")
        try release(
            from: [first, last].compactMap(\.self),
            "i.send_id = $9 AND i.state IN ('pending', 'retry')",
            [send],
            zone,
            transaction
        )
    }

    /// Day by day of those on which messages were planned, which is one or two.
    private func release(
        from moments: [Instant],
        _ condition: String,
        _ values: [any SQLConvertible],
        _ zone: Zone,
        _ transaction: Transaction
    ) throws {
        guard let first = moments.min(), let last = moments.max() else { return }
        // Whoever plans holds many of the same rows.
        try PressureStore(workspace).lock(campaign.table, in: transaction)
        for number in zone.local(first).day.number...zone.local(last).day.number {
            let day = Day(number: number)
            let periods = PressurePeriods(day)
            let fixed: [any SQLConvertible] = [
                workspace, campaign.table, periods.day, periods.week, periods.month,
                campaign.rules.pressureWeight, zone.midnight(of: day),
                zone.midnight(of: day + 1),
            ]
            try transaction.execute(
                PressureRelease.statement + "AND \(condition))",
                fixed + values
            )
        }
    }

    private static let statement = """
        UPDATE pressure SET
            day_total = day_total
                - CASE WHEN day = $3 AND day_total >= $6 THEN $6 ELSE 0 END,
            week_total = week_total
                - CASE WHEN week = $4 AND week_total >= $6 THEN $6 ELSE 0 END,
            month_total = month_total
                - CASE WHEN month = $5 AND month_total >= $6 THEN $6 ELSE 0 END
        WHERE workspace_id = $1 AND table_id = $2 AND profile_id IN (
            SELECT i.profile_id FROM interaction i
            WHERE i.workspace_id = $1 AND i.created_at >= $7 AND i.created_at < $8

        """

    /// The zone of the table's days; nil when the campaign adds nothing to the pressure.
    private func zone(in connection: Connection) throws -> Zone? {
        guard campaign.rules.countsPressure, campaign.rules.pressureWeight > 0 else { return nil }
        let limits = try PressureStore(workspace).limits(of: campaign.table, in: connection)
        return limits.isLimiting ? limits.zone : nil
    }
}

extension Zone {
    /// When a day begins.
    fileprivate func midnight(of day: Day) -> Instant {
        TimeOfDay(hour: 0, minute: 0).map { instant(of: $0, on: day) } ?? day.utcMidnight
    }
}
