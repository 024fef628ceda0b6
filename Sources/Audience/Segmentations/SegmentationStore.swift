// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The segmentations of one workspace.
public struct SegmentationStore: Sendable {
    let workspace: WorkspaceID
    private let compiler: SearchCompiler

    /// The segmentations of a workspace, checked by a compiler that knows all rooms' terms.
    public init(_ workspace: WorkspaceID, _ compiler: SearchCompiler = SearchCompiler()) {
        self.workspace = workspace
        self.compiler = compiler
    }

    /// The segmentations as they can be listed.
    public static let listing = Listing(
        from: """
            segmentation s JOIN profile_table t \
            ON t.workspace_id = s.workspace_id AND t.id = s.table_id
            """,
        scope: "s.workspace_id",
        key: "s.id",
        columns: [
            ListingColumn("id", "s.id", .integer), ListingColumn("name", "s.name", .text),
            ListingColumn("display_name", "s.display_name", .text),
            ListingColumn("profile_table", "t.name", .text),
            ListingColumn("kind", "s.kind", .text),
            ListingColumn("history", "s.has_history", .boolean),
            ListingColumn("default_segment", "s.default_segment", .text).orNull,
            ListingColumn("refreshed", "s.refreshed_at", .moment).orNull,
            ListingColumn("cdate", "s.created_at", .moment),
            ListingColumn("mdate", "s.updated_at", .moment).orNull,
        ],
        condition: "s.deleted_at IS NULL"
    )

    /// Makes a segmentation; nobody is in it until it is refreshed.
    ///
    /// - Throws: ``AudienceError`` when the name is taken or not possible, or an expression wrong.
    @discardableResult
    public func create(
        _ definition: SegmentationDefinition,
        over table: ProfileTable,
        by context: Context,
        in transaction: Transaction
    ) throws -> Segmentation {
        try check(definition, table, context, transaction)
        try checkFree(definition.name, besides: nil, in: transaction)
        let id: SegmentationID = try transaction.nextID(.segmentation, in: workspace)
        try transaction.execute(
            """
            INSERT INTO segmentation (workspace_id, id, table_id, name, folded_name, display_name,
                kind, has_history, default_segment, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            [
                workspace, id, table.id, definition.name, definition.name.lowercased(),
                definition.displayName ?? definition.name, definition.kind,
                definition.hasHistory, definition.defaultSegment, context.moment,
            ]
        )
        try insertSegments(of: id, definition, keeping: [], in: transaction)
        return try segmentation(id, in: transaction)
    }

    /// Changes a segmentation; its table and kind stay.
    ///
    /// Memberships are as they were until the next refresh, also those of segments that were taken
    /// out.
    ///
    /// - Throws: As ``create(_:over:by:in:)``, and ``AudienceError/noSuchSegmentation(_:)``.
    public func update(
        _ id: SegmentationID,
        to definition: SegmentationDefinition,
        by context: Context,
        in transaction: Transaction
    ) throws {
        let present = try segmentation(id, in: transaction)
        let table = try ProfileTableStore(workspace).table(present.table, in: transaction)
        guard definition.kind == present.kind else {
            throw AudienceError.badSegmentation("its kind cannot change")
        }
        try check(definition, table, context, transaction)
        try checkFree(definition.name, besides: id, in: transaction)
        try transaction.execute(
            """
            UPDATE segmentation SET name = $3, folded_name = $4, display_name = $5,
                has_history = $6, default_segment = $7, updated_at = $8, failed_at = NULL
            WHERE workspace_id = $1 AND id = $2
            """,
            [
                workspace, id, definition.name, definition.name.lowercased(),
                definition.displayName ?? definition.name, definition.hasHistory,
                definition.defaultSegment, context.moment,
            ]
        )
        let before = present.segments + present.retired
        try transaction.execute(
            "DELETE FROM segment WHERE workspace_id = $1 AND segmentation_id = $2",
            [workspace, id]
        )
        try insertSegments(of: id, definition, keeping: before, in: transaction)
    }

    /// Deletes a segmentation: it is gone at once, its memberships go by and by (``clear(in:)``).
    ///
    /// Records of transitions stay for the exports.
    ///
    /// - Throws: ``AudienceError/noSuchSegmentation(_:)``.
    public func delete(_ id: SegmentationID, in transaction: Transaction) throws {
        try hold(id, in: transaction)
        let isDeleted = try transaction.guarded(
            """
            UPDATE segmentation SET deleted_at = $3, folded_name = $4
            WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL
            """,
            [workspace, id, transaction.moment, "-\(id)"]
        )
        guard isDeleted else { throw AudienceError.noSuchSegmentation("number \(id)") }
    }

    /// Keeps refresh and deletion of a segmentation apart until the transaction ends: a range that is
    /// being written would else bring members of what is gone.
    func hold(_ id: SegmentationID, in transaction: Transaction) throws {
        try transaction.lock("segmentation:\(workspace):\(id)")
    }

    /// Removes memberships of deleted segmentations, at most a thousand, and those without any.
    ///
    /// - Returns: How many rows were removed; call again until it is 0.
    public func clear(in transaction: Transaction) throws -> Int {
        let id: SegmentationID? = try transaction.value(
            """
            SELECT id FROM segmentation WHERE workspace_id = $1 AND deleted_at IS NOT NULL LIMIT 1
            """,
            [workspace]
        )
        guard let id else { return 0 }
        let removed = try transaction.execute(
            """
            DELETE FROM segment_member
            WHERE workspace_id = $1 AND segmentation_id = $2 AND profile_id IN
                (SELECT profile_id FROM segment_member
                 WHERE workspace_id = $1 AND segmentation_id = $2
                 ORDER BY profile_id LIMIT 1000)
            """,
            [workspace, id]
        )
        guard removed == 0 else { return removed }
        try transaction.execute(
            "DELETE FROM segment WHERE workspace_id = $1 AND segmentation_id = $2",
            [workspace, id]
        )
        return try transaction.execute(
            "DELETE FROM segmentation WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        )
    }

    /// All segmentations, by name.
    public func all(in connection: Connection) throws -> [Segmentation] {
        try segmentations("workspace_id = $1 ORDER BY folded_name", [workspace], in: connection)
    }

    /// The segmentations of a table, by name.
    public func all(
        of table: ProfileTableID,
        in connection: Connection
    ) throws -> [Segmentation] {
        try segmentations(
            "workspace_id = $1 AND table_id = $2 ORDER BY folded_name",
            [workspace, table],
            in: connection
        )
    }

    /// A segmentation by its id.
    ///
    /// - Throws: ``AudienceError/noSuchSegmentation(_:)``.
    public func segmentation(
        _ id: SegmentationID,
        in connection: Connection
    ) throws -> Segmentation {
        let found = try segmentations(
            "workspace_id = $1 AND id = $2",
            [workspace, id],
            in: connection
        )
        guard let found = found.first else {
            throw AudienceError.noSuchSegmentation("number \(id)")
        }
        return found
    }

    /// A segmentation by its name, ignoring case.
    ///
    /// - Throws: ``AudienceError/noSuchSegmentation(_:)``.
    public func segmentation(named name: String, in connection: Connection) throws -> Segmentation {
        let found = try segmentations(
            "workspace_id = $1 AND folded_name = $2",
            [workspace, name.lowercased()],
            in: connection
        )
        guard let found = found.first else { throw AudienceError.noSuchSegmentation(name) }
        return found
    }

    /// How many profiles each segment holds, in the order of the segments.
    public func counts(
        of segmentation: Segmentation,
        in connection: Connection
    ) throws -> [(segment: Segmentation.Segment, profiles: Int)] {
        let rows = try connection.rows(
            """
            SELECT segment_id, count(*) AS total FROM segment_member
            WHERE workspace_id = $1 AND segmentation_id = $2 GROUP BY segment_id
            """,
            [workspace, segmentation.id]
        )
        let pairs = try rows.map {
            (try $0.get("segment_id", as: SegmentID.self), try $0.get("total", as: Int.self))
        }
        let counts = Dictionary(uniqueKeysWithValues: pairs)
        return segmentation.segments.map { ($0, counts[$0.id] ?? 0) }
    }

    private func check(
        _ definition: SegmentationDefinition,
        _ table: ProfileTable,
        _ context: Context,
        _ connection: Connection
    ) throws {
        try SegmentationRules.check(definition)
        if let displayName = definition.displayName {
            guard displayName.count <= 255, !displayName.utf8.contains(0) else {
                throw AudienceError.badName(displayName, rule: "1 to 255 characters")
            }
        }
        for segment in definition.segments {
            _ = try compiler.compile(
                segment.expression,
                over: table,
                at: context.moment,
                in: connection
            )
        }
    }

    private func checkFree(
        _ name: String,
        besides own: SegmentationID?,
        in connection: Connection
    ) throws {
        let holder: SegmentationID? = try connection.value(
            "SELECT id FROM segmentation WHERE workspace_id = $1 AND folded_name = $2",
            [workspace, name.lowercased()]
        )
        guard holder == nil || holder == own else { throw AudienceError.nameTaken(name) }
    }
}
