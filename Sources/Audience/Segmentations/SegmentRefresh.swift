// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// Computes who is in which segment, for a range of profiles and in sets, and writes what changed.
///
/// What does not change writes nothing; membership never touches a profile's update moment
/// (spec/audience.md).
struct SegmentRefresh {
    let segmentation: Segmentation
    let table: ProfileTable
    /// The import whose profiles alone are looked at; all when nil.
    let task: TaskID?

    /// One profile whose segment changes.
    struct Change {
        var profile: ProfileID
        var previous: SegmentID?
        var wanted: SegmentID?
    }

    /// What the segments are told by.
    struct Rule {
        /// The branches of a CASE, whose values come first in the statement.
        var branches: String
        var values: [SQLValue]
    }

    /// Compiles the expressions of the segments as things stand: what one of them names may be gone.
    ///
    /// - Throws: ``AudienceError/badExpression(_:path:)``.
    func rule(
        _ compiler: SearchCompiler,
        at moment: Instant,
        in connection: Connection
    ) throws -> Rule {
        let tried = segmentation.segments.filter { $0.expression != nil }
        let compiled = try compiler.compile(
            tried.compactMap(\.expression),
            over: table,
            at: moment,
            in: connection
        )
        let branches = zip(tried, compiled.sql).map { "WHEN \($1) THEN \($0.id)" }
        return Rule(branches: branches.joined(separator: " "), values: compiled.values)
    }

    /// The last profile of the next range; nil when there is none left.
    func end(after last: ProfileID, limit: Int, in connection: Connection) throws -> ProfileID? {
        guard let task else {
            return try connection.value(
                """
                SELECT max(id) FROM (SELECT id FROM \(table.physicalName)
                    WHERE id > $1 ORDER BY id LIMIT $2) range
                """,
                [last, limit],
                as: ProfileID?.self
            ) ?? nil
        }
        return try connection.value(
            """
            SELECT max(profile_id) FROM (SELECT profile_id FROM import_row
                WHERE workspace_id = $3 AND task_id = $4 AND profile_id > $1
                ORDER BY profile_id LIMIT $2) range
            """,
            [last, limit, table.workspace, task],
            as: ProfileID?.self
        ) ?? nil
    }

    /// Brings the memberships of a range up to date.
    ///
    /// - Returns: How many profiles changed their segment.
    func apply(
        after first: ProfileID,
        to last: ProfileID,
        by rule: Rule,
        _ context: Context,
        in transaction: Transaction
    ) throws -> Int {
        let changes = try changes(after: first, to: last, by: rule, in: transaction)
        try write(changes, in: transaction)
        if segmentation.hasHistory { try record(changes, by: context, in: transaction) }
        if task == nil { try clear(after: first, to: last, in: transaction) }
        return changes.count
    }

    private func changes(
        after first: ProfileID,
        to last: ProfileID,
        by rule: Rule,
        in connection: Connection
    ) throws -> [Change] {
        let fallback =
            segmentation.segments.first { $0.expression == nil }?.id.description ?? "NULL"
        let given = SearchCondition(sql: "", values: rule.values)
        let touched =
            task == nil
            ? ""
            : """
             AND p.id IN (SELECT r.profile_id FROM import_row r \
            WHERE r.workspace_id = \(given.placeholder(1)) AND r.task_id = \(given.placeholder(5)) \
            AND r.profile_id > \(given.placeholder(3)) AND r.profile_id <= \(given.placeholder(4)))
            """
        let values =
            rule.values
            + [table.workspace.sql, segmentation.id.sql, first.sql, last.sql]
            + (task.map { [$0.sql] } ?? [])
        return try connection.rows(
            """
            SELECT d.id, d.present, d.wanted FROM (
                SELECT p.id AS id, m.segment_id AS present,
                    CASE \(rule.branches) ELSE \(fallback) END AS wanted
                FROM \(table.physicalName) p
                LEFT JOIN segment_member m ON m.workspace_id = \(given.placeholder(1))
                    AND m.segmentation_id = \(given.placeholder(2)) AND m.profile_id = p.id
                    AND m.profile_id > \(given.placeholder(3))
                    AND m.profile_id <= \(given.placeholder(4))
                WHERE p.id > \(given.placeholder(3)) AND p.id <= \(given.placeholder(4))\(touched)
            ) d WHERE d.present IS DISTINCT FROM d.wanted ORDER BY d.id
            """,
            values
        ).map { row in
            Change(
                profile: try row.get("id"),
                previous: try row.get("present"),
                wanted: try row.get("wanted")
            )
        }
    }

    private func write(_ changes: [Change], in transaction: Transaction) throws {
        let gone = changes.filter { $0.wanted == nil }.map(\.profile)
        for start in stride(from: 0, to: gone.count, by: SegmentRefresh.block) {
            let block = gone[start..<min(start + SegmentRefresh.block, gone.count)]
            let places = block.indices.map { "$\($0 - start + 3)" }.joined(separator: ", ")
            try transaction.execute(
                """
                DELETE FROM segment_member WHERE workspace_id = $1 AND segmentation_id = $2
                    AND profile_id IN (\(places))
                """,
                [table.workspace.sql, segmentation.id.sql] + block.map(\.sql)
            )
        }
        try insert(changes.filter { $0.previous == nil }, in: transaction)
        try move(changes.filter { $0.previous != nil && $0.wanted != nil }, in: transaction)
    }

    private func insert(_ changes: [Change], in transaction: Transaction) throws {
        guard !changes.isEmpty else { return }
        let writer = try transaction.insertion(
            into: "segment_member",
            columns: ["workspace_id", "segmentation_id", "profile_id", "segment_id"]
        )
        for change in changes {
            writer.integer(table.workspace.value)
            writer.integer(segmentation.id.value)
            writer.integer(change.profile.value)
            writer.integer(change.wanted?.value ?? 0)
            try writer.endRow()
        }
        try writer.finish()
    }

    private func move(_ changes: [Change], in transaction: Transaction) throws {
        guard !changes.isEmpty else { return }
        let writer = try transaction.update(
            of: "segment_member",
            columns: ["segment_id"],
            key: "profile_id",
            within: [
                ("workspace_id", table.workspace.sql), ("segmentation_id", segmentation.id.sql),
            ]
        )
        for change in changes {
            writer.integer(change.wanted?.value ?? 0)
            writer.integer(change.profile.value)
            try writer.endRow()
        }
        try writer.finish()
    }

    private func record(
        _ changes: [Change],
        by context: Context,
        in transaction: Transaction
    ) throws {
        guard !changes.isEmpty else { return }
        let first = try transaction.allocate(changes.count, .change, in: table.workspace)
        let stamp = try transaction.stamp()
        let writer = try transaction.insertion(
            into: "segment_transition",
            columns: SegmentRefresh.columns
        )
        for (offset, change) in changes.enumerated() {
            writer.integer(table.workspace.value)
            writer.integer(first + Int64(offset))
            writer.integer(table.id.value)
            writer.integer(segmentation.id.value)
            writer.value(.text(segmentation.name))
            writer.integer(change.profile.value)
            writer.value(segmentation.value(of: change.previous).sql)
            writer.value(segmentation.value(of: change.wanted).sql)
            writer.value(.moment(context.moment))
            writer.integer(stamp.value)
            try writer.endRow()
        }
        try writer.finish()
    }

    /// Removes those whose profile was deleted while a refresh was under way.
    private func clear(
        after first: ProfileID,
        to last: ProfileID,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            DELETE FROM segment_member WHERE workspace_id = $1 AND segmentation_id = $2
                AND profile_id > $3 AND profile_id <= $4 AND NOT EXISTS (
                    SELECT 1 FROM \(table.physicalName) p WHERE p.id = segment_member.profile_id)
            """,
            [table.workspace, segmentation.id, first, last]
        )
    }

    private static let block = 500
    private static let columns = [
        "workspace_id", "id", "table_id", "segmentation_id", "segmentation", "profile_id",
        "previous_value", "new_value", "event_at", "stamp",
    ]
}
