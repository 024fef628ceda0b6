// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// Finds the profiles that rows of a custom table belong to, and keeps them from being deleted until
/// the transaction ends: no row is left without its profile.
struct OwnerResolution {
    private let column: Int
    private let owners: ProfileTable
    private let key: Attribute?

    /// Nil where the rows belong to nobody, or no column says to whom.
    init?(_ plan: MergePlan) {
        guard let owners = plan.table.owners,
            let column = plan.columns.firstIndex(where: \.attribute.isOwner)
        else { return nil }
        self.column = column
        self.owners = owners
        key = plan.columns[column].attribute == .owner ? nil : owners.businessKey
    }

    /// The plan as it is once profiles are found: the reference is the profile's number.
    static func resolved(_ plan: MergePlan) -> MergePlan {
        var plan = plan
        for position in plan.columns.indices where plan.columns[position].attribute.isOwner {
            plan.columns[position].attribute = .owner
        }
        return plan
    }

    /// The rows with the number of each one's profile; a row that names none is refused.
    func resolve(_ rows: [MergeRow], in connection: Connection) throws -> [MergeRow] {
        let type = key?.type ?? .integer
        var lookup = Lookup(
            table: owners.physicalName,
            key: key?.column ?? "id",
            columns: ["id"],
            keys: rows.map { $0.cells[column]?.sql(type) ?? .null },
            order: nil
        )
        lookup.keeps = .there
        var found = [Int64?](repeating: nil, count: rows.count)
        try connection.lookup(lookup) { found[$0] = $1.integer(0) }
        return rows.indices.map { resolve(rows[$0], found[$0]) }
    }

    private func resolve(_ row: MergeRow, _ profile: Int64?) -> MergeRow {
        guard let cell = row.cells[column], !cell.isNull else { return row }
        var row = row
        if let profile {
            row.cells[column] = .integer(profile)
        } else {
            row.cells[column] = .some(.null)
            row.refusal = MergeRefusal(unknown: column)
        }
        return row
    }
}

extension MergeRefusal {
    /// Whether something that a row names does not exist.
    var isUnknown: Bool { code == "unknownProfile" || code == "unknownRow" }
}
