// SPDX-License-Identifier: Apache-2.0
public import Database

/// The tables of the Audience room; profile tables themselves are made as they are defined.
public enum AudienceSchema {
    /// The migrations, in order.
    public static let migrations = [
        Migration(
            id: "audience-1",
            steps: [
                .createTable(profileTable), .createTable(attribute), .createTable(list),
                .createTable(subscription), .createTable(subscriptionChange),
                .createTable(consentChange), .createTable(profileDeletion),
                .createTable(search), .createTable(doNotContact), .createTable(importRow),
                .createTable(importProblem),
            ]
        ),
        // A window is read in pages by stamp and id; one transaction can have many rows.
        Migration(
            id: "audience-2",
            steps: ["subscription_change", "consent_change", "profile_deletion"].flatMap { table in
                [
                    .dropIndex("\(table)_stamp"),
                    .createIndex(
                        IndexDefinition("\(table)_pages", ["workspace_id", "stamp", "id"]),
                        on: table
                    ),
                ]
            }
        ),
        Migration(id: "audience-3", steps: thirdSteps),
        Migration(id: "audience-searches", steps: [.createTable(searchExecution)]),
        Migration(
            id: "audience-custom-tables",
            steps: CustomTableSchema.tables.map { .createTable($0) }
        ),
        Migration(
            id: "audience-segmentations",
            steps: SegmentationSchema.tables.map { .createTable($0) }
        ),
        SegmentationSchema.failing, SegmentationSchema.deleting, CustomTableSchema.deleting,
        // Who is in one segment, and who changed in one segmentation, page by page.
        Migration(
            id: "audience-segment-pages",
            steps: [
                .createIndex(SegmentationSchema.memberPages, on: "segment_member"),
                .createIndex(SegmentationSchema.transitionPages, on: "segment_transition"),
            ]
        ),
    ]

    /// What executing a search came to, besides what its task says.
    static let searchExecution = TableDefinition(
        "search_execution",
        columns: [
            .integer("workspace_id"), .integer("task_id"), .integer("search_id"),
            .integer("list_id").orNull, .integer("found").orNull, .integer("subscribed").orNull,
        ],
        primaryKey: ["workspace_id", "task_id"],
        indexes: [
            IndexDefinition("search_execution_search", ["workspace_id", "search_id", "task_id"]),
            IndexDefinition("search_execution_list", ["workspace_id", "list_id", "task_id"]),
        ]
    )

    private static let thirdSteps: [SchemaStep] = [
        .addColumn(.integer("folder_id").orNull, to: "list"),
        .addColumn(.moment("updated_at").orNull, to: "list"),
        .addColumn(.moment("deleted_at").orNull, to: "list"),
        .addColumn(.moment("created_at").orNull, to: "subscription"),
        .addColumn(.moment("updated_at").orNull, to: "search"),
        .addColumn(.integer("id").orNull, to: "do_not_contact"),
        // Those from before get numbers below zero, which nothing else has.
        .statement(
            """
            UPDATE do_not_contact SET id = -(SELECT count(*) FROM do_not_contact o -- all workspaces
                WHERE o.workspace_id = do_not_contact.workspace_id
                AND (o.channel, o.address) <= (do_not_contact.channel, do_not_contact.address))
            """
        ),
        .createIndex(
            IndexDefinition("do_not_contact_id", ["workspace_id", "id"], isUnique: true),
            on: "do_not_contact"
        ),
    ]

    static let profileTable = TableDefinition(
        "profile_table",
        columns: [
            .integer("workspace_id"), .integer("id"), .text("name"), .text("folded_name"),
            .text("display_name"), .integer("business_key").orNull, .moment("created_at"),
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [
            IndexDefinition(
                "profile_table_name",
                ["workspace_id", "folded_name"],
                isUnique: true
            )
        ]
    )

    static let attribute = TableDefinition(
        "attribute",
        columns: [
            .integer("workspace_id"), .integer("id"), .integer("table_id"), .text("name"),
            .text("folded_name"), .text("display_name"), .text("aliases"), .text("type"),
            .boolean("is_multi_valued"), .boolean("is_mandatory"), .boolean("is_unique"),
            .text("restriction"), .text("role").orNull, .integer("position"),
            .boolean("is_hidden"),
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [
            IndexDefinition(
                "attribute_name",
                ["workspace_id", "table_id", "folded_name"],
                isUnique: true
            )
        ]
    )

    static let list = TableDefinition(
        "list",
        columns: [
            .integer("workspace_id"), .integer("id"), .integer("table_id"), .text("name"),
            .text("folded_name"), .text("folder").orNull, .text("note").orNull,
            .boolean("needs_confirmation"), .moment("created_at"),
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [
            IndexDefinition("list_name", ["workspace_id", "folded_name"], isUnique: true)
        ]
    )

    static let subscription = TableDefinition(
        "subscription",
        columns: [
            .integer("workspace_id"), .integer("list_id"), .integer("profile_id"),
            .boolean("is_subscribed"), .boolean("is_confirmed"),
            .text("collection_source").orNull, .text("collection_way").orNull,
            .moment("collection_moment").orNull, .moment("changed_at"),
        ],
        primaryKey: ["workspace_id", "list_id", "profile_id"],
        isClustered: true,
        indexes: [IndexDefinition("subscription_profile", ["workspace_id", "profile_id"])]
    )

    static let subscriptionChange = TableDefinition(
        "subscription_change",
        columns: changeColumns + [.integer("list_id"), .boolean("is_subscribed")],
        primaryKey: ["workspace_id", "id"],
        isClustered: true,
        indexes: changeIndexes("subscription_change"),
        partition: TablePartition(by: "id", of: .change)
    )

    static let consentChange = TableDefinition(
        "consent_change",
        columns: changeColumns + [.boolean("consent_value").orNull],
        primaryKey: ["workspace_id", "id"],
        isClustered: true,
        indexes: changeIndexes("consent_change"),
        partition: TablePartition(by: "id", of: .change)
    )

    static let profileDeletion = TableDefinition(
        "profile_deletion",
        columns: changeColumns + [.text("business_key").orNull],
        primaryKey: ["workspace_id", "id"],
        isClustered: true,
        indexes: changeIndexes("profile_deletion"),
        partition: TablePartition(by: "id", of: .change)
    )

    static let search = TableDefinition(
        "search",
        columns: [
            .integer("workspace_id"), .integer("id"), .integer("table_id"), .text("name"),
            .text("folded_name"), .text("expression"), .moment("created_at"),
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [
            IndexDefinition("search_name", ["workspace_id", "folded_name"], isUnique: true)
        ]
    )

    static let doNotContact = TableDefinition(
        "do_not_contact",
        columns: [
            .integer("workspace_id"), .text("channel"), .text("address"), .text("reason"),
            .moment("created_at"),
        ],
        primaryKey: ["workspace_id", "channel", "address"],
        isClustered: true
    )

    /// Profile ids ascend in an import's key order, so that rows are appended in key order.
    static let importRow = TableDefinition(
        "import_row",
        columns: [
            .integer("workspace_id"), .integer("task_id"), .integer("profile_id"),
            .integer("line"), .integer("outcome"), .integer("batch"),
        ],
        primaryKey: ["workspace_id", "task_id", "profile_id", "line"],
        isClustered: true,
        partition: linesPartition
    )

    static let importProblem = TableDefinition(
        "import_problem",
        columns: [
            .integer("workspace_id"), .integer("task_id"), .integer("line"), .integer("number"),
            .integer("batch"), .text("outcome"), .text("column_name").orNull, .text("code"),
            .text("message"), .text("fields").orNull, .text("identifier").orNull,
            .integer("profile_id").orNull,
        ],
        primaryKey: ["workspace_id", "task_id", "line", "number"],
        isClustered: true,
        indexes: [
            IndexDefinition("import_problem_identifier", ["workspace_id", "identifier"]),
            IndexDefinition(
                "import_problem_profile",
                ["workspace_id", "profile_id"],
                condition: "profile_id IS NOT NULL"
            ),
        ],
        partition: linesPartition
    )

    /// A workspace with 200 tasks a day keeps 16 partitions for 400 days of its history.
    static let linesPartition = TablePartition(by: "task_id", of: .task, width: 5_000)

    /// What every change record of a profile holds.
    private static let changeColumns: [ColumnDefinition] = [
        .integer("workspace_id"), .integer("id"), .integer("table_id"), .integer("profile_id"),
        .text("collection_source").orNull, .text("collection_way").orNull,
        .moment("collection_moment").orNull, .moment("event_at"), .text("change_source"),
        .integer("stamp"),
    ]

    private static func changeIndexes(_ table: String) -> [IndexDefinition] {
        [
            IndexDefinition("\(table)_stamp", ["workspace_id", "stamp"]),
            IndexDefinition("\(table)_profile", ["workspace_id", "profile_id"]),
        ]
    }
}

extension IDKind {
    static let profileTable = IDKind(rawValue: "profile_table")
    static let attribute = IDKind(rawValue: "attribute")
    static let profile = IDKind(rawValue: "profile")
    static let list = IDKind(rawValue: "list")
    static let search = IDKind(rawValue: "search")
    static let customRow = IDKind(rawValue: "custom_row")
    static let segmentation = IDKind(rawValue: "segmentation")
    static let segment = IDKind(rawValue: "segment")
    static let doNotContact = IDKind(rawValue: "do_not_contact")
    static let change = IDKind(rawValue: "change")
    /// Tasks are numbered by the room Tasks; lines of imports go with them.
    static let task = IDKind(rawValue: "task")
}
