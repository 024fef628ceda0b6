// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database

/// Decides what rows would do to a table, reading but not writing.
struct MergeDecisions {
    let plan: MergePlan
    private let permissions: [Int: Bool]

    init(_ plan: MergePlan) {
        self.plan = plan
        let positions = plan.columns.indices.filter {
            plan.columns[$0].attribute.role?.isPermission == true
        }
        permissions = Dictionary(uniqueKeysWithValues: positions.map { ($0, true) })
    }

    /// Decides for rows of which no two name the same profile.
    ///
    /// In a fresh table, which was empty when the import began, nothing needs to be looked up.
    func decide(
        _ rows: [MergeRow],
        isFresh: Bool,
        in connection: Connection
    ) throws
        -> [MergeResult]
    {
        var results = [MergeResult](repeating: MergeResult(), count: rows.count)
        for position in rows.indices { results[position].refusal = rows[position].refusal }
        if !isFresh { try match(rows, &results, connection) }
        for position in rows.indices where results[position].refusal == nil {
            complete(rows[position], &results[position])
            refuseLost(rows[position], &results[position])
        }
        if !isFresh {
            try checkUnique(rows, &results, connection)
            try decideLists(rows, &results, connection)
        }
        for position in rows.indices { conclude(rows[position], &results[position]) }
        return results
    }

    private func match(
        _ rows: [MergeRow],
        _ results: inout [MergeResult],
        _ connection: Connection
    ) throws {
        for identifier in Set(rows.compactMap(\.identifier)).sorted() {
            let attribute = plan.columns[identifier].attribute
            let keys = rows.map { row in
                row.identifier == identifier
                    ? row.cells[identifier]?.sql(attribute.type) ?? .null : .null
            }
            let order = attribute.isUnique ? nil : "id"
            try match(rows, by: attribute.column, keys, order, &results, connection)
        }
        if rows.contains(where: { $0.namedProfile != nil }) {
            try match(rows, by: "id", rows.map(\.namedProfile.sql), "id", &results, connection)
        }
        for position in rows.indices where results[position].profile == nil {
            let identifier = rows[position].identifier
            // A row's own number is given by the system alone.
            let isNumbered = identifier.map { plan.columns[$0].attribute.isRowID } ?? false
            let mustExist = rows[position].namedProfile != nil || isNumbered || !plan.mayCreate
            guard mustExist, rows[position].identity != .new,
                results[position].refusal == nil
            else { continue }
            results[position].refusal =
                plan.table.people == nil
                ? MergeRefusal(unknownRow: identifier) : MergeRefusal(unknown: identifier)
        }
    }

    private func match(
        _ rows: [MergeRow],
        by column: String,
        _ keys: [SQLValue],
        _ order: String?,
        _ results: inout [MergeResult],
        _ connection: Connection
    ) throws {
        let columns = ["id"] + plan.columns.map(\.attribute.column) + ["updated_stamp"]
        var lookup = Lookup(
            table: plan.table.physicalName,
            key: column,
            columns: columns,
            keys: keys,
            order: order
        )
        // What is decided from these rows must still be true when it is written.
        lookup.keeps = .asTheyAre
        try connection.lookup(lookup) { position, cursor in
            guard results[position].profile == nil else {
                let identifier = rows[position].identifier ?? 0
                results[position].refusal = MergeRefusal(ambiguous: identifier)
                return
            }
            results[position].profile = ProfileID(cursor.integer(0))
            results[position].witness = cursor.integer(columns.count - 1)
            compare(rows[position], cursor, &results[position])
        }
    }

    /// Finds the columns in which a row differs from the profile that exists.
    private func compare(_ row: MergeRow, _ cursor: any RowCursor, _ result: inout MergeResult) {
        for (position, column) in plan.columns.enumerated() {
            guard let cell = row.cells[position] else { continue }
            let stored = position + 1
            switch column.update {
            case .onlyOnCreation: continue
            case .onlyIfEmpty where !cursor.isNull(stored): continue
            default: break
            }
            if cell.equals(cursor, stored) { continue }
            if isForbiddenOptIn(position, cell, cursor) {
                result.warnings.append((position, .optInLeftOut))
                continue
            }
            // A business key cannot change once set (design/product.md).
            if column.attribute.id == plan.table.businessKeyID, !cursor.isNull(stored) {
                result.refusal = MergeRefusal(
                    column: position,
                    ValueProblem(.businessKeyIsSet, "the business key cannot change once set")
                )
                return
            }
            if column.attribute.isMultiValued, column.several == .append {
                guard let all = append(cell, to: cursor, stored) else { continue }
                result.appended[position] = all
            }
            result.changed.append(position)
        }
    }

    /// Whether a cell would take an opt-out back: to true, or to nothing, from where a later file
    /// could go on to true (promise 6).
    private func isForbiddenOptIn(_ position: Int, _ cell: Cell, _ cursor: any RowCursor) -> Bool {
        guard !plan.mayResubscribe, permissions[position] != nil, cell.isTrue || cell.isNull
        else { return false }
        return !cursor.isNull(position + 1) && cursor.integer(position + 1) == 0
    }

    /// The stored values with the new ones added; nil when they hold them all.
    private func append(_ cell: Cell, to cursor: any RowCursor, _ column: Int) -> String? {
        guard !cell.isNull else { return nil }
        let stored = cursor.text(column) ?? "[]"
        guard case .text(let given) = cell.owned else { return nil }
        return SeveralValues.union(stored, given)
    }

    private func complete(_ row: MergeRow, _ result: inout MergeResult) {
        for (position, column) in plan.columns.enumerated() where column.attribute.isMandatory {
            let cell = row.cells[position]
            let isMissing =
                result.profile == nil
                ? cell?.isNull ?? true
                : cell?.isNull ?? false && result.changed.contains(position)
            guard isMissing else { continue }
            result.refusal = MergeRefusal(
                column: position,
                ValueProblem(.mandatory, "\(column.attribute.name) is mandatory")
            )
            return
        }
        guard result.profile == nil, let missing = unmappedMandatory else { return }
        result.refusal = MergeRefusal(
            column: nil,
            ValueProblem(.mandatory, "\(missing.name) is mandatory")
        )
    }

    private var unmappedMandatory: Attribute? {
        let mapped = Set(plan.columns.map(\.attribute.id))
        return plan.table.attributes.first { $0.isMandatory && !mapped.contains($0.id) }
    }

    /// A row that would write what an earlier row of the file has; one that holds it may keep it.
    private func refuseLost(_ row: MergeRow, _ result: inout MergeResult) {
        guard result.refusal == nil else { return }
        let written = row.lostColumns.first {
            result.profile == nil || result.changed.contains($0)
        }
        guard let written else { return }
        let name = plan.columns[written].attribute.name
        result.refusal = MergeRefusal(
            column: written,
            ValueProblem(.uniqueTakenInFile, "\(name) is taken by an earlier row of the file")
        )
    }

    private func checkUnique(
        _ rows: [MergeRow],
        _ results: inout [MergeResult],
        _ connection: Connection
    ) throws {
        for (position, column) in plan.columns.enumerated() where column.attribute.isUnique {
            let keys = rows.indices.map { index in
                key(rows[index], results[index], position, column.attribute)
            }
            guard keys.contains(where: { $0 != .null }) else { continue }
            refuseRepeated(keys, rows, &results, position)
            let lookup = Lookup(
                table: plan.table.physicalName,
                key: column.attribute.column,
                columns: ["id"],
                keys: keys,
                order: nil
            )
            try connection.lookup(lookup) { index, cursor in
                let holder = ProfileID(cursor.integer(0))
                guard results[index].profile != holder else { return }
                results[index].holder = holder
                results[index].refusal = MergeRefusal(
                    column: position,
                    ValueProblem(
                        .uniqueTaken,
                        "\(column.attribute.name) is taken by another \(plan.table.noun)"
                    )
                )
            }
        }
    }

    /// Two rows of one batch cannot both write a unique value; the first one does.
    private func refuseRepeated(
        _ keys: [SQLValue],
        _ rows: [MergeRow],
        _ results: inout [MergeResult],
        _ column: Int
    ) {
        let attribute = plan.columns[column].attribute
        let identifiers = rows.indices.filter { index in
            rows[index].identity == .column(column) && results[index].refusal == nil
        }.map { rows[$0].cells[column]?.sql(attribute.type) ?? .null }
        var taken = Set(identifiers)
        for index in rows.indices where keys[index] != .null {
            guard !taken.insert(keys[index]).inserted else { continue }
            results[index].refusal = MergeRefusal(
                column: column,
                ValueProblem(
                    .uniqueTakenInFile,
                    "\(attribute.name) is taken by another row"
                )
            )
        }
    }

    /// The unique value that a row would write, or null when it writes none.
    private func key(
        _ row: MergeRow,
        _ result: MergeResult,
        _ position: Int,
        _ attribute: Attribute
    ) -> SQLValue {
        let isOwnIdentifier = row.identity == .column(position)
        let writes = result.profile == nil || result.changed.contains(position)
        guard result.refusal == nil, !isOwnIdentifier, writes else { return .null }
        return row.cells[position]?.sql(attribute.type) ?? .null
    }

    private func conclude(_ row: MergeRow, _ result: inout MergeResult) {
        guard result.refusal == nil else { return }
        if result.profile == nil {
            result.outcome = .created
            result.changedLists = row.standings.indices.filter { row.standings[$0] == true }
        } else if !result.changed.isEmpty || !result.changedLists.isEmpty {
            result.outcome = .updated
        }
    }
}
