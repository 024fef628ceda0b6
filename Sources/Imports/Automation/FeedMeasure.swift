// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// What a file is like, as far as the feed watch cares.
struct FeedMeasure: Sendable, Hashable {
    var rows: Int64
    var columns: Int64
    var blankRate: Double
    var rejectRate: Double

    /// Why a file is too far from the past ones; nil when it is not.
    func oddity(among past: [FeedMeasure], _ watch: FeedWatch) -> String? {
        guard watch.isOn, past.count >= watch.filesToLearn, !past.isEmpty else { return nil }
        let normal = past.map(\.rows).sorted()[past.count / 2]
        let distance = Double(abs(rows - normal)) / Double(max(1, normal))
        if distance > watch.rowTolerance {
            let share = Int((distance * 100).rounded())
            return "the file has \(rows) rows; \(normal) are usual (\(share) % off)"
        }
        let width = past.map(\.columns).sorted()[past.count / 2]
        guard columns < width else { return nil }
        return "the file has \(columns) columns; \(width) are usual"
    }
}

extension FeedMeasure {
    /// Measures a file that was staged.
    init(_ staged: FileStager.Outcome, failed: Int) {
        let width = staged.reader.columns.header.count
        let cells = Double(max(1, staged.rows * Int64(width)))
        self.init(
            rows: staged.rows,
            columns: Int64(width),
            blankRate: Double(staged.blankCells) / cells,
            rejectRate: Double(failed) / Double(max(1, staged.rows))
        )
    }
}

/// The measures of past files.
struct FeedMeasureStore {
    let workspace: WorkspaceID
    let importID: ImportID

    /// The latest measures, at most 30.
    func past(in connection: Connection) throws -> [FeedMeasure] {
        try connection.rows(
            """
            SELECT row_count, column_count, blank_rate, reject_rate FROM import_measure
            WHERE workspace_id = $1 AND import_id = $2 ORDER BY task_id DESC LIMIT 30
            """,
            [workspace, importID]
        ).map { row in
            FeedMeasure(
                rows: try row.get("row_count"),
                columns: try row.get("column_count"),
                blankRate: try row.get("blank_rate"),
                rejectRate: try row.get("reject_rate")
            )
        }
    }

    func record(_ measure: FeedMeasure, of task: TaskID, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO import_measure (workspace_id, import_id, task_id, row_count,
                column_count, blank_rate, reject_rate, measured_at)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE true ON CONFLICT DO NOTHING
            """,
            [
                workspace, importID, task, measure.rows, measure.columns, measure.blankRate,
                measure.rejectRate, transaction.moment,
            ]
        )
    }
}
