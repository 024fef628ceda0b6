// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// The tables of the bulk member API.
enum MemberBulkSchema {
    static let migration = Migration(
        id: "imports-2",
        steps: [.createTable(bulk), .createTable(payload)]
    )

    static let bulk = TableDefinition(
        "member_bulk",
        columns: [
            .integer("workspace_id"), .integer("id"), .integer("task_id"), .integer("table_id"),
            .text("import_id"), .integer("request_number").orNull, .text("operation"),
            .text("identifier_type"), .text("several_values"), .boolean("is_dry_run"),
            .boolean("is_alone"), .text("status"), .integer("retries"),
            .integer("member_count"), .integer("created_count"), .integer("updated_count"),
            .integer("unchanged_count"), .integer("error_count"), .integer("warning_count"),
            .text("errors").orNull, .text("failure").orNull, .text("idempotency_key").orNull,
            .text("request_digest").orNull, .moment("created_at"), .moment("finished_at").orNull,
            .moment("erased_at").orNull,
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [
            IndexDefinition("member_bulk_import", ["workspace_id", "import_id", "id"]),
            IndexDefinition("member_bulk_task", ["workspace_id", "task_id"]),
            IndexDefinition(
                "member_bulk_waiting",
                ["workspace_id", "table_id", "id"],
                condition: "status = 'waiting'"
            ),
            IndexDefinition(
                "member_bulk_unerased",
                ["workspace_id", "created_at"],
                condition: "erased_at IS NULL"
            ),
            IndexDefinition(
                "member_bulk_key",
                ["workspace_id", "idempotency_key"],
                isUnique: true,
                condition: "idempotency_key IS NOT NULL"
            ),
        ]
    )

    /// The members, apart: a bulk's record changes while its payload stays.
    static let payload = TableDefinition(
        "member_bulk_payload",
        columns: [
            .integer("workspace_id"), .integer("bulk_id"), ColumnDefinition("members", .bytes),
        ],
        primaryKey: ["workspace_id", "bulk_id"]
    )
}

extension IDKind {
    static let memberBulk = IDKind(rawValue: "member_bulk")
}
