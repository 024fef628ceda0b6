// SPDX-License-Identifier: Apache-2.0

/// A table as a value; each engine writes its own DDL from it (design/sql.md).
public struct TableDefinition: Sendable, Hashable {
    /// What becomes of a table's rows when the data move to another database.
    public enum Moving: Sendable, Hashable {
        /// They are copied.
        case copied
        /// They stay as they are; the room brings what they stand for over by its own means.
        case carried
        /// They belong to this database alone, and may change here afterwards.
        case left
    }

    /// The physical name: a word of ours or an id, never something that a user typed.
    public var name: String
    /// Whether each row belongs to a workspace; such a table has a column `workspace_id`.
    public var isScoped: Bool
    /// The columns in order.
    public var columns: [ColumnDefinition]
    /// The primary key's columns.
    public var primaryKey: [String]
    /// Whether rows are stored in primary key order, for tables read by ranges of it.
    public var isClustered: Bool
    /// The indexes besides the primary key.
    public var indexes: [IndexDefinition]
    /// What becomes of the rows when the data move; they are copied unless said otherwise.
    public var moving: Moving
    /// How a table that grows with traffic is cut where the engine can; not part of a migration's
    /// checksum, since it changes no row.
    public var partition: TablePartition?
    /// Whether room is left in the primary key's index, as in ``IndexDefinition/leavesRoom``.
    public var leavesRoom = false

    /// Makes a definition.
    public init(
        _ name: String,
        isScoped: Bool = true,
        columns: [ColumnDefinition],
        primaryKey: [String],
        isClustered: Bool = false,
        indexes: [IndexDefinition] = [],
        partition: TablePartition? = nil,
        moving: Moving = .copied
    ) {
        self.name = name
        self.isScoped = isScoped
        self.columns = columns
        self.primaryKey = primaryKey
        self.isClustered = isClustered
        self.indexes = indexes
        self.moving = moving
        self.partition = partition
    }
}

/// A column of a ``TableDefinition``.
public struct ColumnDefinition: Sendable, Hashable {
    /// The type of a column.
    public enum ColumnType: String, Sendable, Hashable {
        /// 64-bit integer.
        case integer
        /// Double.
        case double
        /// Text in byte order.
        case text
        /// Truth value.
        case boolean
        /// UTC instant with microseconds.
        case moment
        /// Calendar day.
        case day
        /// Bytes.
        case bytes
    }

    /// The column's name.
    public var name: String
    /// The column's type.
    public var type: ColumnType
    /// Whether null is allowed; not by default.
    public var isNullable: Bool

    /// Makes a column.
    public init(_ name: String, _ type: ColumnType, isNullable: Bool = false) {
        self.name = name
        self.type = type
        self.isNullable = isNullable
    }

    /// A mandatory integer column.
    public static func integer(_ name: String) -> Self { Self(name, .integer) }
    /// A mandatory text column.
    public static func text(_ name: String) -> Self { Self(name, .text) }
    /// A mandatory boolean column.
    public static func boolean(_ name: String) -> Self { Self(name, .boolean) }
    /// A mandatory moment column.
    public static func moment(_ name: String) -> Self { Self(name, .moment) }

    /// The same column, with null allowed.
    public var orNull: Self { Self(name, type, isNullable: true) }
}

/// An index of a ``TableDefinition``.
public struct IndexDefinition: Sendable, Hashable {
    /// The index's name, unique in the database.
    public var name: String
    /// The indexed columns.
    public var columns: [String]
    /// Whether a key may stand only once; null never counts as equal.
    public var isUnique: Bool
    /// A condition in SQL; rows that do not meet it are left out.
    public var condition: String?
    /// Whether room is left for the entries of the rows' next versions, where an engine makes some.
    ///
    /// For rows of which imports change most at once. Not part of a migration's checksum.
    public var leavesRoom = false

    /// Makes an index.
    public init(
        _ name: String,
        _ columns: [String],
        isUnique: Bool = false,
        condition: String? = nil
    ) {
        self.name = name
        self.columns = columns
        self.isUnique = isUnique
        self.condition = condition
    }
}

/// One change of the schema.
public enum SchemaStep: Sendable, Hashable {
    /// Makes a table with its indexes.
    case createTable(TableDefinition)
    /// Makes an index on a table.
    case createIndex(IndexDefinition, on: String)
    /// Adds a nullable column.
    case addColumn(ColumnDefinition, to: String)
    /// Drops an index.
    case dropIndex(String)
    /// Drops a table.
    case dropTable(String)
    /// Runs a statement of the one SQL text.
    case statement(String)
}
