// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database

/// Everything that is known before the rows of a file are read.
struct RowReading: Sendable {
    /// How many rows are read in one snapshot; a server's answer is in memory as a whole.
    static let chunk = 2_000

    let export: ExportRecord
    let tables: ExportTables
    let plan: ColumnPlan
    let campaigns: CampaignBook
    let rows: any RowSource

    /// Resolves an export's definition as things stand; days in its search count from a moment.
    ///
    /// - Throws: ``ExportsError`` when a column has disappeared meanwhile; `AudienceError` when the
    ///   search has, or means nothing any more.
    init(_ export: ExportRecord, at moment: Instant, in connection: Connection) throws {
        self.export = export
        let definition = export.definition
        tables = try ExportTables.read(definition, export.workspace, in: connection)
        var plan = try ColumnPlan(definition, tables: tables)
        plan.selection = try ExportSelection(tables)
            .condition(definition.search, at: moment, behind: plan.parameterCount, in: connection)
        self.plan = plan
        guard let rows = definition.pair.rows else {
            throw ExportsError.notAvailableYet(definition.pair)
        }
        self.rows = rows
        campaigns =
            definition.pair.facts.exportType.group == .campaign
            ? try CampaignBook.read(export.workspace, in: connection) : .empty
    }

    /// Writes records in the export's format.
    var writer: RecordWriter { RecordWriter(export.definition.formats, campaigns: campaigns) }

    /// What decides which rows belong into the file of a window that ends at a cut-off, if there is one.
    func judge(upTo cutOff: Tick?) -> RowJudge {
        rows.judge(
            JudgingFacts(
                filter: export.definition.sourceFilter,
                campaigns: campaigns,
                cutOff: cutOff
            )
        )
    }

    /// Reads up to a chunk of the rows after a place, in a snapshot of its own, in stamp order.
    ///
    /// A row that changes meanwhile gets a stamp that the window's end has not seen, wherever in
    /// the order that is: it leaves the window, and what was read is never read again.
    ///
    /// - Returns: The last place that was read; nil when nothing is left before the range's end.
    func read(
        _ range: RowRange,
        limit: Int = RowReading.chunk,
        from database: Database,
        row: (any RowCursor) throws -> Void
    ) throws -> RowPlace? {
        let query = plan.query()
        let values = parameters(range, limit)
        var last = range.after
        let count = try database.readBlocking { connection in
            var count = 0
            try connection.each(query, values) { cursor in
                count += 1
                last.stamp = cursor.integer(SourceRelation.stampIndex)
                last.id = cursor.integer(SourceRelation.idIndex)
                try row(cursor)
                return true
            }
            return count
        }
        return count == limit ? last : nil
    }

    /// The place some rows further on, if there are so many.
    func boundary(
        _ range: RowRange,
        rows: Int,
        in connection: Connection
    ) throws -> RowPlace? {
        let scope: [any SQLConvertible] = plan.isScoped ? [export.workspace] : []
        let values: [any SQLConvertible] = [
            range.after.stamp, range.after.id, range.before.stamp, rows - 1,
        ]
        return try connection.row(plan.boundaryQuery, values + scope).map { row in
            RowPlace(stamp: try row.get(0), id: try row.get(1))
        }
    }

    /// How many rows the window may have, those of other exports among them; nil when they are too
    /// many to count.
    func count(of window: Window, in connection: Connection) throws -> Int64? {
        let most: Int64 = 5_000_000
        let scope: [any SQLConvertible] = plan.isScoped ? [export.workspace] : []
        var count: Int64 = 0
        for segment in window.segments where count < most {
            count +=
                try connection.value(
                    plan.countQuery,
                    [segment.lowerBound, segment.upperBound, most - count] + scope
                ) ?? 0
        }
        return count < most ? count : nil
    }

    /// The parameters of ``ColumnPlan/query(newestFirst:)`` forwards.
    func parameters(_ range: RowRange, _ limit: Int) -> [any SQLConvertible] {
        let (after, before) = (range.after, range.before)
        let scope: [any SQLConvertible] = plan.needsWorkspace ? [export.workspace] : []
        return [after.stamp, after.id, before.stamp, limit] + scope + [before.id] + selected
    }

    /// The parameters of ``ColumnPlan/query(newestFirst:)`` backwards, from before a place.
    func newestParameters(_ place: RowPlace, _ limit: Int) -> [any SQLConvertible] {
        let scope: [any SQLConvertible] = plan.needsWorkspace ? [export.workspace] : []
        return [place.stamp, place.id, Int64(0), limit] + scope + [Int64(0)] + selected
    }

    private var selected: [any SQLConvertible] { plan.selection?.values ?? [] }
}

/// A place in the order of stamps, then ids.
struct RowPlace: Sendable, Hashable {
    var stamp: Int64
    var id: Int64
}

/// The rows between two places, both of which are left out.
struct RowRange: Sendable, Hashable {
    var after: RowPlace
    var before: RowPlace

    /// The rows of a half-open range of stamps; ids count from 1.
    init(_ stamps: Range<Stamp>) {
        after = RowPlace(stamp: stamps.lowerBound.value, id: 0)
        before = RowPlace(stamp: stamps.upperBound.value, id: 0)
    }

    init(after: RowPlace, before: RowPlace) {
        self.after = after
        self.before = before
    }
}
