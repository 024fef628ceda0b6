// SPDX-License-Identifier: Apache-2.0
import Audience

/// The columns of profiles: as the main columns of a profile export, or added to another.
///
/// Order: id, business key, attributes in the order of their definition, moments, recency moments
/// (spec/exports.md, step 2).
struct ProfileColumns {
    let table: ProfileTable

    /// The main columns, without a prefix.
    var main: [AvailableColumn] {
        let id = (key: "profileId", label: "Profile id", type: ExportValueType.integer)
        var columns = [AvailableColumn(id.key, id.label, id.type, .integer("p.id"))]
        for attribute in attributes {
            columns.append(
                AvailableColumn(
                    isTaken(attribute) ? "attribute-\(attribute.name)" : attribute.name,
                    attribute.displayName,
                    ProfileColumns.type(of: attribute),
                    ProfileColumns.source(of: attribute),
                    header: attribute.name
                )
            )
        }
        return columns + moments.map { AvailableColumn($0.key, $0.label, .moment, .moment($0.sql)) }
    }

    /// The columns that can be added to rows of other things, headed `profile-…`.
    var added: [AvailableColumn] {
        attributes.map { attribute in
            AvailableColumn(
                "profile-\(attribute.name)",
                attribute.displayName,
                ProfileColumns.type(of: attribute),
                ProfileColumns.source(of: attribute),
                isMain: false
            )
        }
            + moments.map {
                AvailableColumn(
                    "profile-\($0.key)",
                    $0.label,
                    .moment,
                    .moment($0.sql),
                    isMain: false
                )
            }
    }

    /// The columns of subscriptions.
    func subscriptions(_ lists: [MailingList], _ form: SubscriptionForm) -> [AvailableColumn] {
        let cells = lists.map { list in
            "(SELECT s.is_subscribed FROM subscription s WHERE s.workspace_id = $5"
                + " AND s.list_id = \(list.id) AND s.profile_id = p.id)"
        }
        switch form {
        case .booleans:
            return zip(lists, cells).map { list, sql in
                let source = CellSource(sql: [sql]) { .flag($0) }
                let key = "subscription-\(list.name)"
                return AvailableColumn(key, list.name, .boolean, source, header: list.name)
            }
        case .oneColumn:
            let names = lists.map { Array($0.name.utf8) }
            let source = CellSource(sql: cells) { .names(first: $0, names) }
            return [AvailableColumn("subscriptions", "Subscriptions", .several, source)]
        }
    }

    /// The columns of segmentations: simple ones as booleans, exclusive ones as the segment's name.
    func segments(_ segmentations: [Segmentation]) -> [AvailableColumn] {
        segmentations.map { segmentation in
            let member = """
                segment_member g WHERE g.workspace_id = $5 \
                AND g.segmentation_id = \(segmentation.id) AND g.profile_id = p.id
                """
            let isSimple = segmentation.kind == .simple
            let name = """
                (SELECT s.name FROM segment s WHERE s.workspace_id = $5 \
                AND s.segmentation_id = \(segmentation.id) \
                AND s.id = (SELECT g.segment_id FROM \(member)))
                """
            return AvailableColumn(
                "segment-\(segmentation.name)",
                segmentation.displayName,
                isSimple ? .boolean : .string,
                isSimple ? .boolean("EXISTS (SELECT 1 FROM \(member))") : .text(name),
                header: segmentation.name
            )
        }
    }

    static func type(of attribute: Attribute) -> ExportValueType {
        guard !attribute.isMultiValued else { return .several }
        switch attribute.type {
        case .string, .text: return .string
        case .integer: return .integer
        case .number: return .number
        case .boolean: return .boolean
        case .date: return .date
        case .moment: return .moment
        }
    }

    static func source(of attribute: Attribute, alias: String = "p") -> CellSource {
        let sql = ["\(alias).\(attribute.column)"]
        switch type(of: attribute) {
        case .string: return CellSource(sql: sql) { .text($0) }
        case .integer: return CellSource(sql: sql) { .integer($0) }
        case .number: return CellSource(sql: sql) { .number($0) }
        case .boolean: return CellSource(sql: sql) { .boolean($0) }
        case .date: return CellSource(sql: sql) { .day($0) }
        case .moment: return CellSource(sql: sql) { .moment($0) }
        case .several: return CellSource(sql: sql) { .several($0) }
        }
    }

    private var attributes: [Attribute] {
        let key = table.businessKey
        return [key].compactMap { $0 } + table.attributes.filter { $0.id != key?.id }
    }

    private var moments: [(key: String, label: String, sql: String)] {
        [
            ("creationMoment", "Creation moment", "p.created_at"),
            ("updateMoment", "Update moment", "p.updated_at"),
        ] + RecencyMoment.allCases.map { ($0.rawValue, $0.rawValue, "r.\($0.column)") }
    }

    /// Whether an attribute bears the name of the column of subscriptions; Audience keeps the names
    /// of technical columns free.
    private func isTaken(_ attribute: Attribute) -> Bool { attribute.name == "subscriptions" }
}
