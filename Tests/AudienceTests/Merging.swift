// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database

/// Merges rows of texts into a world's table, as an import does.
struct Merging {
    let world: World
    var columns: [MergeColumn]
    var lists: [MailingList] = []
    var mayResubscribe = false
    var mayCreate = true
    var blank = BlankPolicy.leave
    var task = TaskID(41)

    init(_ world: World, _ names: [String]) throws {
        self.world = world
        columns = try names.map { name in
            guard let attribute = world.table.attribute(named: name) else {
                throw AudienceError.noSuchAttribute(name, table: world.table.name)
            }
            return MergeColumn(attribute)
        }
    }

    /// Merges rows that are identified by their first column; texts past the columns are lists.
    func callAsFunction(_ rows: [[String]], isFresh: Bool = false) throws -> [MergeResult] {
        let plan = MergePlan(
            table: world.table,
            columns: columns,
            lists: lists,
            mayResubscribe: mayResubscribe,
            mayCreate: mayCreate,
            collection: Collection(source: "file", way: "row")
        )
        let merge = ProfileMerge(plan, task: task, batch: 0)
        return try world.database.writeBlocking { transaction in
            try merge.apply(
                rows.enumerated().map { row($0.offset, $0.element) },
                isFresh: isFresh,
                by: world.context(.fileImport),
                in: transaction
            )
        }
    }

    private func row(_ position: Int, _ texts: [String]) -> MergeRow {
        let cells = columns.indices.map { cell(texts[$0], columns[$0].attribute) }
        let standings = texts.dropFirst(columns.count).map { $0.isEmpty ? nil : $0 == "1" }
        return MergeRow(
            identifier: 0,
            cells: cells,
            standings: standings,
            line: Int64(position + 2)
        )
    }

    private func cell(_ text: String, _ attribute: Attribute) -> Cell? {
        if text.isEmpty, blank == .leave { return nil }
        var text = text
        return text.withUTF8 { bytes in
            switch ValueReader(attribute).read(bytes) {
            case .value(let cell): cell.owned
            case .warned(let cell, _): cell?.owned
            case .refused: nil
            }
        }
    }
}
