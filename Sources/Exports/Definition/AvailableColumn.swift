// SPDX-License-Identifier: Apache-2.0
public import Audience

/// A column that an export can have.
public struct AvailableColumn: Sendable {
    /// What a definition chooses it by: the technical name; for a profile's attribute beside other
    /// columns `profile-` and the technical name, for a list `subscription-` and the list's name.
    public let key: String
    /// The header unless another is set.
    public let header: String
    /// The name that people see.
    public let label: String
    /// The type of its values.
    public let type: ExportValueType
    /// Whether it is chosen unless the definition says otherwise.
    public let isMain: Bool
    let source: CellSource
}

/// The columns that an export of a type can have for a profile table, main ones first.
public struct ColumnOffer: Sendable {
    /// The columns.
    public private(set) var columns: [AvailableColumn] = []
    let rows: any RowSource
    let table: ProfileTable

    /// The columns of a type for a table with its lists.
    ///
    /// - Throws: ``ExportsError/notAvailableYet(_:)``.
    public init(
        _ pair: ExportPair,
        table: ProfileTable,
        lists: [MailingList],
        subscriptions: SubscriptionForm = .booleans
    ) throws {
        guard let rows = pair.rows else { throw ExportsError.notAvailableYet(pair) }
        self.rows = rows
        self.table = table
        let profile = ProfileColumns(table: table)
        if pair.facts.layout == .table {
            columns = profile.main + profile.subscriptions(lists, subscriptions)
        } else {
            columns = pair.facts.layout.columns.compactMap(column)
        }
        if pair.facts.profileAttributes == .addable { columns += profile.added }
    }

    /// The column with a key.
    public subscript(key: String) -> AvailableColumn? { columns.first { $0.key == key } }

    private func column(_ column: CatalogueColumn) -> AvailableColumn? {
        guard let name = column.name else { return businessKey(column) }
        return rows.cell(name).map {
            AvailableColumn(
                key: name,
                header: name,
                label: column.label,
                type: column.type,
                isMain: true,
                source: $0
            )
        }
    }

    /// The business key of the row's profile, also when the profile is gone.
    private func businessKey(_ column: CatalogueColumn) -> AvailableColumn? {
        guard column.condition == .profileKey, let key = table.businessKey,
            let deleted = rows.keyOfDeletedProfile
        else { return nil }
        let taken = columns.contains { $0.key == key.name }
        return AvailableColumn(
            key: taken ? "attribute-\(key.name)" : key.name,
            header: key.name,
            label: column.label,
            type: ProfileColumns.type(of: key),
            isMain: true,
            source: keySource(key, deleted)
        )
    }

    private func keySource(_ key: Attribute, _ deleted: String) -> CellSource {
        guard rows.relation(for: table).profile != nil else { return .text(deleted) }
        let present = ProfileColumns.source(of: key)
        return CellSource(sql: ["p.id", deleted] + present.sql) { first in
            .either(present.writer(first + 2), isNull: first, fallback: first + 1)
        }
    }
}
