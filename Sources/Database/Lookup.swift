// SPDX-License-Identifier: Apache-2.0

/// A search for rows by a list of keys in one indexed column.
public struct Lookup {
    /// The table's physical name.
    public var table: String
    /// The indexed column that holds the key.
    public var key: String
    /// The columns to read.
    public var columns: [String]
    /// The keys; null matches nothing.
    public var keys: [SQLValue]
    /// Columns that must have one value for all keys.
    public var fixed: [(column: String, value: SQLValue)]
    /// The column that orders several matches of one key; nil where there is one at most, which
    /// saves PostgreSQL a sort for each key.
    public var order: String?
    /// What a writing transaction keeps others from doing to the rows until it ends.
    public var keeps: Keeping?

    /// How much rows are kept from others; each keeps what those before it do.
    public enum Keeping: Sendable {
        /// They stay, and their keys: for a reference to them. Others may hold them so as well.
        case there
        /// They stay as they are: for a change of them. Others may refer to them.
        case asTheyAre
        /// Nobody changes them or refers to them anew: for their deletion.
        case all
    }

    /// Makes a lookup; several matches of one key are ordered by `id` unless said otherwise.
    public init(
        table: String,
        key: String,
        columns: [String],
        keys: [SQLValue],
        fixed: [(column: String, value: SQLValue)] = [],
        order: String? = "id"
    ) {
        self.table = table
        self.key = key
        self.columns = columns
        self.keys = keys
        self.fixed = fixed
        // Matches of one key do not differ in it.
        self.order = order == key ? nil : order
    }
}
