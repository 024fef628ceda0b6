// SPDX-License-Identifier: Apache-2.0
import Audience
import Common

/// A mapping held against a file's header: which field goes where.
struct ResolvedColumns {
    /// The header's names in order.
    let header: [String]
    /// The merge's plan.
    let plan: MergePlan
    /// The field of each merge column.
    let fields: [Int]
    /// What a blank does in each merge column.
    let blanks: [BlankPolicy]
    /// The field of each list.
    let listFields: [Int]
    /// Mapped columns that the file lacks; only where a person may accept that.
    let missing: [String]
    /// The merge columns that identify a profile or row, in order of preference; none in a custom
    /// table whose rows are numbered, when the file has no numbers.
    let identifiers: [Int]

    /// Resolves a plan.
    ///
    /// - Parameters:
    ///   - plan: The mapping.
    ///   - header: The file's header.
    ///   - table: The table.
    ///   - lists: The table's lists.
    ///   - mayLack: Whether a mapped column may be missing, such as in a feed that is watched;
    ///     identifiers may not.
    /// - Throws: ``ImportError`` when the header and the plan do not fit.
    init(
        _ plan: ImportPlan,
        header: [String],
        table: MergeTable,
        lists: [MailingList],
        mayLack: Bool = false
    ) throws {
        try ResolvedColumns.check(header)
        let mapping =
            plan.mapping ?? ColumnProposal.propose(header: header, table: table, lists: lists)
        var columns: [MergeColumn] = []
        var fields: [Int] = []
        var blanks: [BlankPolicy] = []
        var mappedLists: [MailingList] = []
        var listFields: [Int] = []
        var missing: [String] = []
        var filled: Set<Int> = []
        for column in mapping where column.target != .ignored {
            guard let position = ResolvedColumns.position(of: column, in: header) else {
                guard mayLack else {
                    throw ImportError.badMapping(
                        column: column.header,
                        reason: "the file has no such column"
                    )
                }
                missing.append(column.header)
                continue
            }
            guard filled.insert(position).inserted else {
                throw ImportError.badMapping(
                    column: column.header,
                    reason: "it is mapped twice"
                )
            }
            switch column.target {
            case .ignored: continue
            case .attribute(let name):
                let attribute = try ResolvedColumns.attribute(name, column, table, columns)
                columns.append(
                    MergeColumn(attribute, update: column.update, several: column.several)
                )
                fields.append(position)
                blanks.append(column.blank)
            case .list(let name):
                guard let list = lists.first(where: { $0.name == name }) else {
                    throw ImportError.badMapping(
                        column: column.header,
                        reason: "there is no list \(name)"
                    )
                }
                mappedLists.append(list)
                listFields.append(position)
            }
        }
        identifiers = try ResolvedColumns.identifiers(plan, table, columns)
        self.plan = MergePlan(
            rows: table,
            columns: columns,
            lists: mappedLists,
            mayResubscribe: plan.mayResubscribe,
            collection: plan.collection
        )
        self.header = header
        self.missing = missing
        self.fields = fields
        self.blanks = blanks
        self.listFields = listFields
    }

    /// Whether the file names profiles in one way only, which the table keeps unique.
    ///
    /// Then no two rows of different keys can name the same profile.
    var isOneUniqueIdentifier: Bool {
        identifiers.count == 1 && !plan.table.hasAutomaticKey
            && plan.columns[identifiers[0]].attribute.isUnique
    }

    /// The header of a merge column, or of a list behind the columns.
    func headerName(of column: Int) -> String {
        column < fields.count
            ? header[fields[column]] : header[listFields[column - fields.count]]
    }

    private static func check(_ header: [String]) throws {
        guard header.contains(where: { !$0.isEmpty }) else { throw ImportError.noHeader }
        var seen: Set<String> = []
        for name in header where !name.isEmpty && !seen.insert(name).inserted {
            throw ImportError.columnTwice(name)
        }
    }

    private static func position(of column: ColumnMapping, in header: [String]) -> Int? {
        let folded = column.header.lowercased()
        return header.firstIndex(of: column.header)
            ?? header.firstIndex { $0.lowercased() == folded }
    }

    private static func attribute(
        _ name: String,
        _ column: ColumnMapping,
        _ table: MergeTable,
        _ columns: [MergeColumn]
    ) throws -> Attribute {
        guard let attribute = table.attribute(named: name) else {
            throw ImportError.badMapping(
                column: column.header,
                reason: "\(table.name) has no attribute \(name)"
            )
        }
        guard !columns.contains(where: { $0.attribute.id == attribute.id }) else {
            throw ImportError.badMapping(
                column: column.header,
                reason: "\(name) is filled by another column"
            )
        }
        return attribute
    }

    private static func identifiers(
        _ plan: ImportPlan,
        _ table: MergeTable,
        _ columns: [MergeColumn]
    ) throws -> [Int] {
        let wanted =
            plan.identifiers.isEmpty
            ? [table.businessKey?.name].compactMap { $0 } : plan.identifiers
        let found = wanted.compactMap { name in
            let attribute = table.attribute(named: name)
            return columns.firstIndex { $0.attribute.id == attribute?.id }
        }
        guard !found.isEmpty || table.hasAutomaticKey && plan.identifiers.isEmpty else {
            throw ImportError.noIdentifier(wanted: wanted)
        }
        return found
    }
}
