// SPDX-License-Identifier: Apache-2.0
import Audience

/// A column that an export can have.
public struct AvailableColumn: Sendable {
    /// What a definition chooses it by: the technical name; for a profile's attribute beside other
    /// columns `profile-` and the technical name, for a list `subscription-` and the list's name, for a
    /// segmentation `segment-` and its name.
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

extension AvailableColumn {
    /// A column that is headed by its key unless said otherwise.
    init(
        _ key: String,
        _ label: String,
        _ type: ExportValueType,
        _ source: CellSource,
        header: String? = nil,
        isMain: Bool = true
    ) {
        self.init(
            key: key,
            header: header ?? key,
            label: label,
            type: type,
            isMain: isMain,
            source: source
        )
    }
}

/// The columns that an export of a type can have for its tables, main ones first.
public struct ColumnOffer: Sendable {
    /// The columns.
    public private(set) var columns: [AvailableColumn] = []
    let rows: any RowSource
    let tables: ExportTables

    /// The columns of a type for its tables.
    ///
    /// - Throws: ``ExportsError/notAvailableYet(_:)``.
    public init(
        _ pair: ExportPair,
        tables: ExportTables,
        subscriptions: SubscriptionForm = .booleans
    ) throws {
        guard let rows = pair.rows else { throw ExportsError.notAvailableYet(pair) }
        self.init(pair, rows, tables, subscriptions)
    }

    init(
        _ pair: ExportPair,
        _ rows: any RowSource,
        _ tables: ExportTables,
        _ subscriptions: SubscriptionForm = .booleans
    ) {
        self.rows = rows
        self.tables = tables
        let profile = tables.profiles.map { ProfileColumns(table: $0) }
        if pair.facts.layout != .table {
            columns = pair.facts.layout.columns.compactMap(column)
        } else if let table = tables.rows {
            columns = RowColumns(table: table).main
        } else if let profile {
            columns =
                profile.main + profile.subscriptions(tables.lists, subscriptions)
                + profile.segments(tables.segmentations)
        }
        if pair.facts.profileAttributes == .addable { columns += profile?.added ?? [] }
    }

    /// The column with a key.
    public subscript(key: String) -> AvailableColumn? { columns.first { $0.key == key } }

    private func column(_ column: CatalogueColumn) -> AvailableColumn? {
        guard let name = column.name else {
            return column.condition == .rowKey ? rowKey(column) : profileKey(column)
        }
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
    private func profileKey(_ column: CatalogueColumn) -> AvailableColumn? {
        guard let key = tables.profiles?.businessKey, let deleted = rows.keyOfDeletedProfile else {
            return nil
        }
        return self.key(key, column, keySource(key, deleted))
    }

    /// The business key that a deleted row of a custom table had.
    private func rowKey(_ column: CatalogueColumn) -> AvailableColumn? {
        guard let key = tables.rows?.businessKey, let deleted = rows.keyOfDeletedRow else {
            return nil
        }
        return self.key(key, column, .text(deleted))
    }

    private func key(
        _ key: Attribute,
        _ column: CatalogueColumn,
        _ source: CellSource
    ) -> AvailableColumn {
        AvailableColumn(
            key: columns.contains { $0.key == key.name } ? "attribute-\(key.name)" : key.name,
            header: key.name,
            label: column.label,
            type: ProfileColumns.type(of: key),
            isMain: true,
            source: source
        )
    }

    private func keySource(_ key: Attribute, _ deleted: String) -> CellSource {
        guard rows.relation(for: tables).profile != nil else { return .text(deleted) }
        let present = ProfileColumns.source(of: key)
        return CellSource(sql: ["p.id", deleted] + present.sql) { first in
            .either(present.writer(first + 2), isNull: first, fallback: first + 1)
        }
    }
}
