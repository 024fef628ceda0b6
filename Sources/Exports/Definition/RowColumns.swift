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
        var columns = [column("id", "Id", .integer, .integer("c.id"))]
        columns += ordered.map { attribute in
            column(
                isTaken(attribute) ? "attribute-\(attribute.name)" : attribute.name,
                attribute.displayName,
                ProfileColumns.type(of: attribute),
                ProfileColumns.source(of: attribute, alias: "c"),
                header: attribute.name
            )
        }
        columns += [
            column("creationMoment", "Creation moment", .moment, .moment("c.created_at")),
            column("updateMoment", "Update moment", .moment, .moment("c.updated_at")),
        ]
        guard table.belongsToProfiles else { return columns }
        return columns + [column("profileId", "Profile id", .integer, .integer("c.profile_id"))]
    }

    private var ordered: [Attribute] {
        let key = table.businessKey
        return [key].compactMap { $0 } + table.attributes.filter { $0.id != key?.id }
    }

    /// Whether an attribute bears the name of a technical column.
    private func isTaken(_ attribute: Attribute) -> Bool {
        ["id", "profileid", "creationmoment", "updatemoment"].contains(attribute.name.lowercased())
    }

    private func column(
        _ key: String,
        _ label: String,
        _ type: ExportValueType,
        _ source: CellSource,
        header: String? = nil
    ) -> AvailableColumn {
        AvailableColumn(
            key: key,
            header: header ?? key,
            label: label,
            type: type,
            isMain: true,
            source: source
        )
    }
}
