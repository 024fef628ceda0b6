// SPDX-License-Identifier: Apache-2.0

/// The tables that the Database room itself needs.
public enum DatabaseSchema {
    /// The change clock's one row, its ticks, and the id allocators.
    public static let migrations = [
        Migration(
            id: "database-1",
            steps: [
                .createTable(changeClock), .createTable(tick), .createTable(idBlock),
            ]
        ),
        Migration(
            id: "database-2",
            steps: [
                .addColumn(
                    ColumnDefinition("cluster", .text, isNullable: true),
                    to: "change_clock"
                )
            ]
        ),
        Migration(id: "database-3", steps: [.createTable(pastEpoch)]),
        Migration(
            id: "database-4",
            steps: [.createTable(MoveRecord.table), .createTable(CopyProgress.table)]
        ),
    ]

    static let changeClock = TableDefinition(
        "change_clock",
        isScoped: false,
        columns: [
            .integer("id"), .text("installation"), .integer("epoch"), .integer("counter"),
            ColumnDefinition("rewound_from", .integer, isNullable: true),
            .boolean("is_held"),
        ],
        primaryKey: ["id"],
        moving: .left
    )

    static let tick = TableDefinition(
        "tick",
        isScoped: false,
        columns: [
            .integer("id"), .moment("moment"), .integer("min_stamp"), .integer("max_stamp"),
            .text("open_stamps"),
        ],
        primaryKey: ["id"],
        indexes: [IndexDefinition("tick_moment", ["moment"])]
    )

    /// How far the world had seen each epoch that is over: other nodes' witnesses may know more.
    static let pastEpoch = TableDefinition(
        "past_epoch",
        isScoped: false,
        columns: [.integer("epoch"), .integer("last_stamp")],
        primaryKey: ["epoch"]
    )

    static let idBlock = TableDefinition(
        "id_block",
        columns: [.integer("workspace_id"), .text("kind"), .integer("next_id")],
        primaryKey: ["workspace_id", "kind"],
        isClustered: true
    )
}
