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

    /// Resolves an export's definition as things stand.
    ///
    /// - Throws: ``ExportsError`` when a column has disappeared meanwhile.
    init(_ export: ExportRecord, in connection: Connection) throws {
        self.export = export
        let definition = export.definition
        tables = try ExportTables.read(definition, export.workspace, in: connection)
        plan = try ColumnPlan(definition, tables: tables)
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
                tables: tables,
                filter: export.definition.sourceFilter,
                campaigns: campaigns,
                cutOff: cutOff
            )
        )
    }

    /// Reads the window chunk by chunk, each in a snapshot of its own, in stamp order.
    ///
    /// A row that changes meanwhile gets a stamp that the window's end has not seen, wherever in
    /// the order that is: it leaves the window, and what was read is never read again. The first
    /// closure is called for each row that the window contains, the second between two snapshots.
    func each(
        of window: Window,
        from database: Database,
        row: (any RowCursor) throws -> Void,
        chunk: () throws -> Void
    ) throws {
        for segment in window.segments {
            try each(in: segment, of: window, from: database, row: row, chunk: chunk)
        }
    }

    private func each(
        in segment: Range<Stamp>,
        of window: Window,
        from database: Database,
        row: (any RowCursor) throws -> Void,
        chunk: () throws -> Void
    ) throws {
        let query = plan.query()
        var place = (stamp: segment.lowerBound.value - 1, id: Int64.max)
        while true {
            let values = parameters(query, place, segment.upperBound.value, RowReading.chunk)
            let count = try database.readBlocking { connection in
                var count = 0
                try connection.each(query, values) { cursor in
                    count += 1
                    place.stamp = cursor.integer(SourceRelation.stampIndex)
                    place.id = cursor.integer(SourceRelation.idIndex)
                    if window.contains(Stamp(place.stamp)) { try row(cursor) }
                    return true
                }
                return count
            }
            guard count == RowReading.chunk else { return }
            try chunk()
        }
    }

    /// How many rows the window may have; nil when they are too many to count.
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

    func parameters(
        _ query: String,
        _ place: (stamp: Int64, id: Int64),
        _ bound: Int64,
        _ limit: Int
    )
        -> [any SQLConvertible]
    {
        let values: [any SQLConvertible] = [place.stamp, place.id, bound, limit]
        return query.contains("$5") ? values + [export.workspace] : values
    }
}
