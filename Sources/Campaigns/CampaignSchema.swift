// SPDX-License-Identifier: Apache-2.0
public import Database

/// The tables of the Campaigns room.
public enum CampaignSchema {
    /// The migrations, in order.
    public static let migrations = [
        Migration(
            id: "campaigns-1",
            steps: [
                .createTable(campaign), .createTable(send), .createTable(interaction),
                .createTable(importBinding), .createTable(importTrigger),
            ]
        ),
        Migration(
            id: "campaigns-2",
            steps: [
                .createTable(message), .createTable(scheduledSend), .createTable(tally),
                .createTable(contactEvent), .createIndex(openInteractions, on: "interaction"),
                // What was planned before had no moment: it is due.
                .statement(
                    """
                    UPDATE interaction SET next_at = created_at -- all workspaces
                    WHERE state = 'pending' AND next_at IS NULL
                    """
                ),
            ]
        ),
        Migration(id: "campaigns-3", steps: [.createTable(activity)]),
        Migration(id: "campaigns-4", steps: [.createTable(quarantine)]),
        Migration(
            id: "campaigns-rules",
            steps: [
                .createTable(pressureLimit), .createTable(pressure), .createTable(unfilteredUse),
                .createTable(serviceDomain), .createTable(SendParameterStore.table),
                .createTable(splitTest), .createTable(splitTestMessage),
                .createTable(splitTestMember),
                .createIndex(
                    IndexDefinition("scheduled_send_split", ["workspace_id", "splittest_id"]),
                    on: "scheduled_send"
                ),
            ]
        ),
        tracking, signing, bounces,
        TextSchema.migration,
        Migration(id: "providers-1", steps: ProviderSchema.steps),
        Migration(id: "counts-1", steps: CountSchema.steps),
        Migration(id: "files-channels-1", steps: [.createTable(FileDropStore.table)]),
        counting,
        Migration(
            id: "interactions-held-1",
            steps: [.createIndex(heldInteractions, on: "interaction")]
        ),
        Migration(id: "counts-2", steps: [CountSchema.tallied]),
        Migration(
            id: "counts-periods",
            steps: [.createIndex(CountSchema.periods, on: "campaign_count")]
        ),
    ]

    static let campaign = TableDefinition(
        "campaign",
        columns: [
            .integer("workspace_id"), .integer("id"), .integer("table_id"),
            .integer("entity_id").orNull, .text("display_name"), .text("technical_name"),
            .text("channel"), .text("kind"), .text("initiation"), .text("content"),
            .integer("list_id").orNull, .text("rules"), .text("state"),
            .moment("created_at"), .text("created_by"), .moment("activated_at").orNull,
            .moment("finished_at").orNull,
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [
            IndexDefinition("campaign_name", ["workspace_id", "technical_name"], isUnique: true)
        ]
    )

    /// `counts` is of an earlier release, and read by nobody: a task's result has the ledger.
    static let send = TableDefinition(
        "send",
        columns: [
            .integer("workspace_id"), .integer("id"), .integer("campaign_id"),
            .integer("task_id").orNull, .integer("import_task_id").orNull,
            .integer("batch").orNull, .text("state"), .text("counts"),
            .moment("created_at"), .moment("finished_at").orNull,
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [
            IndexDefinition("send_campaign", ["workspace_id", "campaign_id", "id"]),
            IndexDefinition(
                "send_import",
                ["workspace_id", "import_task_id", "batch", "campaign_id"],
                isUnique: true,
                condition: "import_task_id IS NOT NULL"
            ),
        ]
    )

    /// Ids of one send follow each other, so that a send and its progress are ranges of the key.
    static let interaction = TableDefinition(
        "interaction",
        columns: [
            .integer("workspace_id"), .integer("id"), .integer("send_id"),
            .integer("campaign_id"), .integer("table_id"), .integer("profile_id"),
            .text("address").orNull, .text("ab_version").orNull, .integer("line").orNull,
            .text("state"), .text("category").orNull, .text("status").orNull,
            .text("detail").orNull, .integer("attempts"), .moment("next_at").orNull,
            .moment("created_at"), .moment("event_at").orNull, .integer("stamp").orNull,
        ],
        primaryKey: ["workspace_id", "id"],
        isClustered: true,
        indexes: [
            IndexDefinition("interaction_send", ["workspace_id", "send_id", "id"]),
            IndexDefinition("interaction_profile", ["workspace_id", "profile_id"]),
            IndexDefinition(
                "interaction_stamp",
                ["workspace_id", "stamp", "id"],
                condition: "stamp IS NOT NULL"
            ),
        ],
        partition: TablePartition(by: "id", of: .interaction)
    )

    /// Which campaign an automated import triggers, and at which time of day.
    static let importBinding = TableDefinition(
        "import_binding",
        columns: [
            .integer("workspace_id"), .integer("import_id"), .integer("campaign_id"),
            .text("time_of_day").orNull,
        ],
        primaryKey: ["workspace_id", "import_id"]
    )

    /// One run's trigger: campaign and time as they were at the run's start.
    static let importTrigger = TableDefinition(
        "import_trigger",
        columns: [
            .integer("workspace_id"), .integer("import_task_id"), .integer("batch"),
            .text("batches"), .integer("campaign_id"), .text("time_of_day").orNull, .text("zone"),
            .moment("started_at"), .moment("due_at").orNull, .text("state"),
            .text("reason").orNull, .text("decided_by").orNull, .moment("decided_at").orNull,
            .integer("send_id").orNull,
        ],
        primaryKey: ["workspace_id", "import_task_id", "batch"],
        indexes: [
            IndexDefinition("import_trigger_campaign", ["workspace_id", "campaign_id"])
        ]
    )
}

extension CampaignSchema {
    static let message = TableDefinition(
        "message",
        columns: [
            .integer("workspace_id"), .integer("id"), .text("name"), .text("channel"),
            .text("content"), .integer("created_by").orNull, .moment("created_at"),
            .moment("updated_at"),
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [
            IndexDefinition("message_name", ["workspace_id", "name", "id"]),
            IndexDefinition("message_channel", ["workspace_id", "channel", "id"]),
            IndexDefinition("message_author", ["workspace_id", "created_by", "id"]),
        ]
    )

    /// `began_at` is null until a worker begins it, `slot_at` and `slot_taken` are how much of its
    /// rate is used (``Pace``), `author_id` is who wrote its message.
    static let scheduledSend = TableDefinition(
        "scheduled_send",
        columns: [
            .integer("workspace_id"), .integer("id"), .text("name"), .text("channel"),
            .integer("list_id").orNull, .integer("search_id").orNull, .integer("message_id"),
            .integer("author_id").orNull, .integer("campaign_id"), .integer("send_id"),
            .integer("task_id"), .boolean("cancelled"), .boolean("completed"),
            .moment("began_at").orNull, .moment("ended_at").orNull, .text("failure").orNull,
            .integer("rate").orNull, .moment("slot_at").orNull, .integer("slot_taken"),
            .text("recipient_time").orNull, .text("recipient_zone").orNull,
            .moment("scheduled_at"), .integer("size"), .integer("splittest_id").orNull,
            .moment("created_at"), .text("created_by"),
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [
            IndexDefinition("scheduled_send_send", ["workspace_id", "send_id"], isUnique: true)
        ]
            + [
                "name", "channel", "list_id", "search_id", "message_id", "author_id", "cancelled",
                "completed",
                "ended_at", "scheduled_at", "created_at",
            ].map { IndexDefinition("scheduled_send_\($0)", ["workspace_id", $0, "id"]) }
    )

    /// Counts of distinct recipients as they were kept for scheduled sends alone; nobody adds to them
    /// any more.
    static let tally = TableDefinition(
        "scheduled_send_tally",
        columns: [
            .integer("workspace_id"), .integer("scheduled_send_id"), .text("kind"),
            .integer("shard"), .integer("total"),
        ],
        primaryKey: ["workspace_id", "scheduled_send_id", "kind", "shard"],
        isClustered: true
    )

    /// The first event of each kind that an interaction had.
    static let contactEvent = TableDefinition(
        "contact_event",
        columns: [
            .integer("workspace_id"), .integer("interaction_id"), .text("kind"),
            .moment("event_at"),
        ],
        primaryKey: ["workspace_id", "interaction_id", "kind"],
        isClustered: true,
        partition: TablePartition(by: "interaction_id", of: .interaction)
    )

    /// What is not decided yet: a send that goes on reads what is due, however much it has sent.
    static let openInteractions = IndexDefinition(
        "interaction_open",
        ["workspace_id", "send_id", "state", "next_at", "id"],
        condition: "next_at IS NOT NULL"
    )
}

extension CampaignSchema {
    /// What waits for a person, among the many that were sent: what is in doubt, or was stopped.
    static let heldInteractions = IndexDefinition(
        "interaction_held",
        ["workspace_id", "send_id", "state", "id"],
        condition: InteractionState.isHeld("state")
    )
}

extension IDKind {
    static let message = IDKind(rawValue: "message")
    static let scheduledSend = IDKind(rawValue: "scheduled_send")
    static let campaign = IDKind(rawValue: "campaign")
    static let send = IDKind(rawValue: "send")
    static let interaction = IDKind(rawValue: "interaction")
}
