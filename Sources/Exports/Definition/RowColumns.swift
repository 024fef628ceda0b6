// SPDX-License-Identifier: Apache-2.0
import Audience

/// The main columns of a custom table's rows, whose alias is `c`.
///
/// Order: id, business key, attributes in the order of their definition, moments; for linked data and
/// interactions then the profile's id (spec/exports.md, step 2).
struct RowColumns {
    let table: RowTable

    /// The columns, without a prefix.
    var main: [AvailableColumn] {
        var columns = [AvailableColumn("id", "Id", .integer, .integer("c.id"))]
        columns += ordered.map { attribute in
            AvailableColumn(
                attribute.name,
                attribute.displayName,
                ProfileColumns.type(of: attribute),
                ProfileColumns.source(of: attribute, alias: "c")
            )
        }
        columns += [
            AvailableColumn("creationMoment", "Creation moment", .moment, .moment("c.created_at")),
            AvailableColumn("updateMoment", "Update moment", .moment, .moment("c.updated_at")),
        ]
        guard table.belongsToProfiles else { return columns }
        return columns + [
            AvailableColumn("profileId", "Profile id", .integer, .integer("c.profile_id"))
        ]
    }

    private var ordered: [Attribute] {
        let key = table.businessKey
        return [key].compactMap { $0 } + table.attributes.filter { $0.id != key?.id }
    }
}
