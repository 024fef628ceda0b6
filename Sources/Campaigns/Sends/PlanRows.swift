// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database
internal import Tasks

/// Writes the interactions of a chunk of people.
struct PlanRows {
    private let writer: any BulkWriter
    private let fixed: [SQLValue]
    private let moment: SQLValue
    private let stamp: SQLValue
    private let version: SQLValue
    private let workspace: WorkspaceID
    private let ids: IDs

    private final class IDs {
        var next: Int64
        init(_ first: Int64) { next = first }
    }

    /// Begins so many rows of a send.
    init(_ planner: SendPlanner, _ count: Int, _ transaction: Transaction) throws {
        workspace = planner.run.task.workspace
        ids = IDs(try transaction.allocate(count, .interaction, in: workspace))
        fixed = [planner.send.sql, planner.campaign.id.sql, planner.campaign.table.sql]
        moment = transaction.moment.sql
        stamp = try transaction.stamp().sql
        version = planner.version.sql
        writer = try transaction.insertion(into: "interaction", columns: PlanRows.columns)
    }

    /// Someone who gets the message at a moment.
    func add(_ person: Addressee, _ line: Int64?, dueAt: Instant) throws {
        begin(person, line)
        writer.value(PlanRows.pending)
        writer.null()
        writer.null()
        writer.integer(0)
        writer.value(moment)
        writer.null()
        writer.null()
        writer.value(dueAt.sql)
        try end()
    }

    /// Someone who is left out.
    func add(_ person: Addressee, _ line: Int64?, _ exclusion: Exclusion) throws {
        begin(person, line)
        writer.value(PlanRows.notSent)
        writer.value(.text(exclusion.category.rawValue))
        writer.value(.text(exclusion.status))
        writer.integer(0)
        writer.value(moment)
        writer.value(moment)
        writer.value(stamp)
        writer.null()
        try end()
    }

    /// Writes what is still to be written.
    func finish() throws { try writer.finish() }

    private func begin(_ person: Addressee, _ line: Int64?) {
        writer.integer(workspace.value)
        writer.integer(ids.next)
        ids.next += 1
        for value in fixed { writer.value(value) }
        writer.integer(person.profile.value)
        writer.value(person.address.sql)
        writer.value(line.sql)
    }

    private func end() throws {
        writer.value(version)
        try writer.endRow()
    }

    private static let pending = InteractionState.pending.sql
    private static let notSent = InteractionState.notSent.sql

    private static let columns = [
        "workspace_id", "id", "send_id", "campaign_id", "table_id", "profile_id", "address",
        "line", "state", "category", "status", "attempts", "created_at", "event_at", "stamp",
        "next_at", "ab_version",
    ]
}
