// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database

/// Takes messages that were planned and never sent off the pressure again, and counts those of a
/// stopped send once more that someone resumes.
///
/// A message was counted on the day on which it was planned, or last resumed.
struct PressureRelease {
    let workspace: WorkspaceID
    let campaign: Campaign

    /// Interactions that were given up.
    func release(_ given: [Interaction], in transaction: Transaction) throws {
        guard !given.isEmpty, let zone = try zone(in: transaction) else { return }
        try release(given.map { $0.id as any SQLConvertible }, zone, transaction) { first in
            let places = given.indices.map { "$\($0 + first)" }.joined(separator: ", ")
            return "i.id IN (\(places))"
        }
    }

    /// What is still open of a send that is stopped; before it is marked so.
    func releaseOpen(of send: SendID, in transaction: Transaction) throws {
        guard let zone = try zone(in: transaction) else { return }
        try release([send], zone, transaction) { first in
            "i.send_id = $\(first) AND i.state IN ('pending', 'retry')"
        }
    }

    /// What is open again of a send that was stopped: it counts for the day on which it goes on.
    func countAgain(_ send: SendID, in transaction: Transaction) throws {
        guard let zone = try zone(in: transaction) else { return }
        let store = PressureStore(workspace)
        try store.lock(campaign.table, in: transaction)
        try transaction.execute(
            """
            UPDATE interaction SET counted_at = $3
            WHERE workspace_id = $1 AND send_id = $2 AND state = 'pending'
            """,
            [workspace, send, transaction.moment]
        )
        try store.count(
            send,
            weight: campaign.rules.pressureWeight,
            in: PressurePeriods(transaction.moment, in: zone),
            transaction
        )
    }

    /// Day by day of those on which messages were counted, which is one or two.
    ///
    /// The condition is told the number of its first value.
    private func release(
        _ values: [any SQLConvertible],
        _ zone: Zone,
        _ transaction: Transaction,
        where condition: (Int) -> String
    ) throws {
        guard let days = try days(values, zone, transaction, where: condition(2)) else { return }
        // Whoever plans holds many of the same rows.
        try PressureStore(workspace).lock(campaign.table, in: transaction)
        for number in days {
            let day = Day(number: number)
            let periods = PressurePeriods(day)
            let fixed: [any SQLConvertible] = [
                workspace, campaign.table, periods.day, periods.week, periods.month,
                campaign.rules.pressureWeight, zone.midnight(of: day),
                zone.midnight(of: day + 1),
            ]
            try transaction.execute(
                PressureRelease.statement + "AND \(condition(9)))",
                fixed + values
            )
        }
    }

    private func days(
        _ values: [any SQLConvertible],
        _ zone: Zone,
        _ connection: Connection,
        where condition: String
    ) throws -> ClosedRange<Int64>? {
        let moment = PressureRelease.countedAt
        let row = try connection.row(
            """
            SELECT min(\(moment)) AS first, max(\(moment)) AS last FROM interaction i
            WHERE i.workspace_id = $1 AND \(condition)
            """,
            [workspace] + values
        )
        guard let row, let first = try row.get("first", as: Instant?.self),
            let last = try row.get("last", as: Instant?.self)
        else { return nil }
        return zone.local(first).day.number...zone.local(last).day.number
    }

    private static let countedAt = "coalesce(i.counted_at, i.created_at)"

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
            WHERE i.workspace_id = $1 AND \(countedAt) >= $7 AND \(countedAt) < $8

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
