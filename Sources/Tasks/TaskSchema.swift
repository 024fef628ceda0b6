// SPDX-License-Identifier: Apache-2.0
public import Database

/// The tables of the Tasks room.
public enum TaskSchema {
    /// The migrations, in order.
    public static let migrations = [
        Migration(
            id: "tasks-1",
            steps: [
                .createTable(task), .createTable(step), .createTable(schedule),
                .createTable(limit), .createTable(node),
            ]
        ),
        Migration(
            id: "tasks-2",
            steps: [
                .createIndex(
                    IndexDefinition(
                        "task_queue",
                        ["workspace_id", "queue", "run_at", "id"],
                        condition: "status = 'new'"
                    ),
                    on: "task"
                ),
                .addColumn(.text("roles").orNull, to: "node"),
                .addColumn(.text("version").orNull, to: "node"),
                .addColumn(.integer("running").orNull, to: "node"),
            ]
        ),
        // Whether a lane is busy is asked for each task of a long queue.
        Migration(
            id: "tasks-3",
            steps: [
                .createIndex(
                    IndexDefinition(
                        "task_lane",
                        ["workspace_id", "lane"],
                        condition: "status = 'executing'"
                    ),
                    on: "task"
                )
            ]
        ),
        Migration(id: "tasks-followers", steps: [.createTable(follower)]),
        // Task History by type, by status, by campaign and in the order of what identifies tasks.
        Migration(
            id: "tasks-history",
            steps: [
                .createIndex(
                    IndexDefinition("task_type", ["workspace_id", "type", "id", "status"]),
                    on: "task"
                ),
                .createIndex(
                    IndexDefinition("task_status", ["workspace_id", "status", "id"]),
                    on: "task"
                ),
                .createIndex(
                    IndexDefinition("task_campaign", ["workspace_id", "campaign_id", "id"]),
                    on: "task"
                ),
                .createIndex(
                    IndexDefinition("task_info", ["workspace_id", "info", "id"]),
                    on: "task"
                ),
            ]
        ),
        // How fast a task went, from the checkpoints that it saves anyway.
        Migration(
            id: "tasks-progress",
            steps: [.addColumn(.text("progress_history").orNull, to: "task")]
        ),
    ]

    static let task = TableDefinition(
        "task",
        columns: [
            .integer("workspace_id"), .integer("id"), .text("type"), .text("info"),
            .text("queue"), .text("lane").orNull, .text("status"),
            .integer("import_id").orNull, .integer("campaign_id").orNull,
            .integer("export_id").orNull, .integer("parent_id").orNull, .text("started_by"),
            .text("source"), .text("parameters"), .text("checkpoint").orNull,
            .integer("progress_done"), .integer("progress_total").orNull, .text("result").orNull,
            .text("outcome").orNull, .text("failure").orNull, .text("wait_reason").orNull,
            .text("hold_reason").orNull,
            .integer("attempts"), .moment("run_at"), .text("node").orNull,
            .text("lease").orNull, .moment("lease_until").orNull, .moment("created_at"),
            .moment("started_at").orNull, .moment("finished_at").orNull,
            .text("stop_requested_by").orNull, .boolean("closes_when_stopped"),
            .integer("schedule_id").orNull,
            .moment("due_at").orNull,
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [
            IndexDefinition("task_waiting", ["run_at", "id"], condition: "status = 'new'"),
            IndexDefinition("task_executing", ["lease_until"], condition: "status = 'executing'"),
            IndexDefinition(
                "task_due",
                ["workspace_id", "schedule_id", "due_at"],
                isUnique: true,
                condition: "schedule_id IS NOT NULL"
            ),
            IndexDefinition("task_parent", ["workspace_id", "parent_id"]),
            IndexDefinition("task_import", ["workspace_id", "import_id", "id"]),
            IndexDefinition("task_export", ["workspace_id", "export_id", "id"]),
        ]
    )

    static let step = TableDefinition(
        "task_step",
        columns: [
            .integer("workspace_id"), .integer("task_id"), .integer("number"), .moment("moment"),
            .text("words"),
        ],
        primaryKey: ["workspace_id", "task_id", "number"],
        isClustered: true
    )

    static let schedule = TableDefinition(
        "schedule",
        columns: [
            .integer("workspace_id"), .integer("id"), .text("type"), .text("info"),
            .text("queue"), .text("lane").orNull, .integer("import_id").orNull,
            .integer("export_id").orNull, .text("parameters"), .text("recurrence"),
            .moment("next_due"), .boolean("is_active"), .integer("missed_window"),
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [IndexDefinition("schedule_next", ["next_due"])]
    )

    /// What is enqueued when tasks end; read with each end, and empty in most workspaces.
    static let follower = TableDefinition(
        "task_follower",
        columns: [
            .integer("workspace_id"), .text("type"), .integer("subject"), .text("queue"),
            .text("info"), .text("followed"),
        ],
        primaryKey: ["workspace_id", "type", "subject"],
        isClustered: true
    )

    static let limit = TableDefinition(
        "queue_limit",
        columns: [.integer("workspace_id"), .text("queue"), .integer("running")],
        primaryKey: ["workspace_id", "queue"]
    )

    static let node = TableDefinition(
        "node",
        isScoped: false,
        columns: [
            .text("name"), .moment("started_at"), .moment("seen_at"), .moment("ticked_at").orNull,
        ],
        primaryKey: ["name"],
        moving: .left
    )
}

extension IDKind {
    static let task = IDKind(rawValue: "task")
    static let schedule = IDKind(rawValue: "schedule")
}
