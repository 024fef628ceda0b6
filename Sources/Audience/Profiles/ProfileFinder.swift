// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// Finds the profiles that have given values, many at once.
public struct ProfileFinder {
    private let table: ProfileTable

    /// Finds profiles of a table.
    public init(_ table: ProfileTable) {
        self.table = table
    }

    /// The profiles with each of the values, in the order of their ids; none for no value.
    public func profiles(
        by attribute: Attribute,
        _ cells: [Cell?],
        in connection: Connection
    ) throws -> [[ProfileID]] {
        var found = [[ProfileID]](repeating: [], count: cells.count)
        let keys = cells.map { $0?.sql(attribute.type) ?? .null }
        guard keys.contains(where: { $0 != .null }) else { return found }
        let lookup = Lookup(
            table: table.physicalName,
            key: attribute.column,
            columns: ["id"],
            keys: keys
        )
        try connection.lookup(lookup) { position, cursor in
            found[position].append(ProfileID(cursor.integer(0)))
        }
        return found
    }
}
