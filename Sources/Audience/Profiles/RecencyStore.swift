// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The moments of profiles' latest contacts, which live beside the profile and never stamp it.
public struct RecencyStore: Sendable {
    let table: ProfileTable

    /// The recency moments of a table's profiles.
    public init(_ table: ProfileTable) {
        self.table = table
    }

    /// Sets one moment of many profiles to when the contact was.
    ///
    /// A moment never goes back, and a profile that is gone gets none.
    public func touch(
        _ moment: RecencyMoment,
        of profiles: [ProfileID],
        at instant: Instant,
        in transaction: Transaction
    ) throws {
        var rest = Set(profiles).sorted()[...]
        var size = RecencyStore.largestBlock
        while !rest.isEmpty {
            // Blocks of few sizes, so that their statements stay prepared.
            while size > rest.count { size /= 2 }
            let values: [any SQLConvertible] =
                [instant] + rest.prefix(size).map { $0 as any SQLConvertible }
            try transaction.execute(statement(moment.column, count: size), values)
            rest = rest.dropFirst(size)
        }
    }

    /// The moments of a profile; those that never were are absent.
    public func moments(
        of profile: ProfileID,
        in connection: Connection
    ) throws
        -> [RecencyMoment: Instant]
    {
        let columns = RecencyMoment.allCases.map(\.column).joined(separator: ", ")
        let row = try connection.row(
            "SELECT \(columns) FROM \(table.recencyName) WHERE id = $1",
            [profile]
        )
        var moments: [RecencyMoment: Instant] = [:]
        for moment in RecencyMoment.allCases {
            moments[moment] = try row?.get(moment.column, as: Instant?.self)
        }
        return moments
    }

    func delete(_ profile: ProfileID, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM \(table.recencyName) WHERE id = $1", [profile])
    }

    private func statement(_ column: String, count: Int) -> String {
        let places = (2...(count + 1)).map { "$\($0)" }.joined(separator: ", ")
        let recency = table.recencyName
        return """
            INSERT INTO \(recency) (id, \(column))
            SELECT p.id, $1 FROM \(table.physicalName) p WHERE p.id IN (\(places))
            ON CONFLICT (id) DO UPDATE SET \(column) = excluded.\(column)
            WHERE \(recency).\(column) IS NULL OR \(recency).\(column) < excluded.\(column)
            """
    }

    private static let largestBlock = 512
}
