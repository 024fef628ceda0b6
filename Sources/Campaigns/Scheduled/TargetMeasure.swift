// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database

/// Finds the table of a target and counts its recipients.
struct TargetMeasure {
    private let workspace: WorkspaceID

    init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Nil when there is no such list or search.
    func measure(
        _ target: SendTarget,
        at moment: Instant,
        in connection: Connection
    ) throws -> (table: ProfileTable, size: Int)? {
        guard let id = try table(of: target, in: connection) else { return nil }
        let table = try ProfileTableStore(workspace).table(id, in: connection)
        switch target {
        case .list(let list): return (table, try count(list, in: connection))
        case .search(let search):
            let condition = try TargetMeasure.condition(search, table, moment, in: connection)
            return (table, try ProfileSearch(table, condition).count(in: connection))
        }
    }

    /// A saved search as a condition, by all terms that there are.
    static func condition(
        _ id: SearchID,
        _ table: ProfileTable,
        _ moment: Instant,
        in connection: Connection
    ) throws -> SearchCondition {
        let compiler = SearchCompiler([ContactTerm()])
        let search = try SearchStore(table.workspace, compiler).search(id, in: connection)
        return try compiler.compile(search.expression, over: table, at: moment, in: connection)
    }

    private func table(of target: SendTarget, in connection: Connection) throws -> ProfileTableID? {
        let (name, id): (String, Int64) =
            switch target {
            case .list(let id): ("list", id.value)
            case .search(let id): ("search", id.value)
            }
        return try connection.value(
            "SELECT table_id FROM \(name) WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        )
    }

    private func count(_ list: ListID, in connection: Connection) throws -> Int {
        try connection.value(
            """
            SELECT count(*) FROM subscription
            WHERE workspace_id = $1 AND list_id = $2 AND is_subscribed AND is_confirmed
            """,
            [workspace, list]
        ) ?? 0
    }
}
