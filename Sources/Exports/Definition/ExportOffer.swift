// SPDX-License-Identifier: Apache-2.0
public import Database

/// The columns that an export can have now: what the wizard shows in step 2, and its Refresh.
public struct ExportOffer: Sendable {
    /// The columns, main ones first.
    public let columns: [AvailableColumn]
    /// The keys of those that are chosen.
    public let chosen: Set<String>
    /// The keys of chosen columns that are no longer there; an execution would fail.
    public let missing: [String]
    /// The choices of format that matter, each with the headers that it concerns.
    public let formatted: [ExportValueType: [String]]
}

extension ExportStore {
    /// The columns of a definition's file, as things stand.
    ///
    /// - Throws: ``ExportsError`` when type, table or a column cannot be used.
    public func columns(
        of definition: ExportDefinition,
        in connection: Connection
    ) throws -> ColumnPlan {
        let tables = try ExportTables.read(definition, workspace, in: connection)
        return try ColumnPlan(definition, tables: tables)
    }

    /// The columns that an export of a definition could have as things stand.
    ///
    /// - Throws: ``ExportsError`` when type or table cannot be used.
    public func offer(
        for definition: ExportDefinition,
        in connection: Connection
    ) throws -> ExportOffer {
        let tables = try ExportTables.read(definition, workspace, in: connection)
        let offer = try ColumnOffer(
            definition.pair,
            tables: tables,
            subscriptions: definition.subscriptions
        )
        let chosen = definition.columns ?? ColumnPlan.standard(offer)
        var present = definition
        present.columns = chosen.filter { offer[$0.key] != nil }
        let isEmpty = present.columns?.isEmpty ?? true
        let plan = try isEmpty ? nil : ColumnPlan(present, tables: tables)
        return ExportOffer(
            columns: offer.columns,
            chosen: Set(chosen.map(\.key)),
            missing: chosen.map(\.key).filter { offer[$0] == nil },
            formatted: plan?.formattedColumns ?? [:]
        )
    }
}
