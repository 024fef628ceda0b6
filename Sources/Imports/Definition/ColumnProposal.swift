// SPDX-License-Identifier: Apache-2.0
public import Audience

/// Proposes what the columns of a file fill, by name, alias and display name.
public enum ColumnProposal {
    /// One mapping a column; columns that fit nothing are ignored, and no target is used twice.
    public static func propose(
        header: [String],
        table: ProfileTable,
        lists: [MailingList]
    )
        -> [ColumnMapping]
    {
        propose(header: header, table: table.rows, lists: lists)
    }

    /// One mapping a column, for a profile table or a custom table.
    static func propose(
        header: [String],
        table: MergeTable,
        lists: [MailingList]
    )
        -> [ColumnMapping]
    {
        var used: Set<ColumnTarget> = []
        return header.map { name in
            let target = target(of: name, table, lists)
            guard target != .ignored, used.insert(target.once(in: table)).inserted else {
                return ColumnMapping(name, to: .ignored)
            }
            return ColumnMapping(name, to: target)
        }
    }

    private static func target(
        of name: String,
        _ table: MergeTable,
        _ lists: [MailingList]
    ) -> ColumnTarget {
        if let attribute = table.attribute(named: name) { return .attribute(attribute.name) }
        let list = lists.first { $0.name.lowercased() == name.lowercased() }
        return list.map { .list($0.name) } ?? .ignored
    }
}

extension ColumnTarget {
    /// The profile that a row belongs to has several names and one column.
    fileprivate func once(in table: MergeTable) -> ColumnTarget {
        guard case .attribute(let name) = self, table.attribute(named: name)?.isOwner == true else {
            return self
        }
        return .attribute(Attribute.owner.name)
    }
}
