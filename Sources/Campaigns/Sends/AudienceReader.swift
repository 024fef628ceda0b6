// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database

/// Reads a send's audience in the order of profile ids.
struct AudienceReader: Sendable {
    struct Member: Sendable {
        var profile: ProfileID
        /// The line of the file that brought the profile.
        var line: Int64?
    }

    private let workspace: WorkspaceID
    private let audience: SendAudience
    /// The named profiles, each once, in order.
    private var named: [ProfileID] = []
    private var search: ProfileSearch?
    /// The reader of the audience of which some were chosen for a split test.
    private var whole: Whole?

    private final class Whole: Sendable {
        let reader: AudienceReader
        init(_ reader: AudienceReader) { self.reader = reader }
    }

    /// A reader of an audience over a table; a search means what it says now, and counts its days
    /// from a moment.
    init(
        _ audience: SendAudience,
        of table: ProfileTable,
        at moment: Instant,
        in connection: Connection
    ) throws {
        workspace = table.workspace
        self.audience = audience
        switch audience {
        case .profiles(let profiles): named = Set(profiles).sorted()
        case .search(let id):
            let condition = try TargetMeasure.condition(id, table, moment, in: connection)
            search = ProfileSearch(table, condition)
        case .splitRest(_, let others):
            whole = Whole(try AudienceReader(others, of: table, at: moment, in: connection))
        case .list, .imported, .splitVersion, .reached: break
        }
    }

    /// The next members behind a profile.
    func members(after: ProfileID, limit: Int, in connection: Connection) throws -> [Member] {
        switch audience {
        case .profiles:
            let start = named.partitioningIndex { $0 > after }
            return named[start...].prefix(limit).map { Member(profile: $0, line: nil) }
        case .list(let list):
            return try connection.rows(
                """
                SELECT profile_id FROM subscription
                WHERE workspace_id = $1 AND list_id = $2 AND profile_id > $3
                    AND is_subscribed AND is_confirmed
                ORDER BY profile_id LIMIT $4
                """,
                [workspace, list, after, limit]
            ).map { Member(profile: try $0.get("profile_id"), line: nil) }
        case .search:
            return try search?.profileIDs(after: after, limit: limit, in: connection)
                .map { Member(profile: $0, line: nil) } ?? []
        case .reached(let send):
            return try reached(send, after: after, limit: limit, connection)
        case .splitVersion(let test, let version):
            return try connection.rows(
                """
                SELECT profile_id FROM split_test_member
                WHERE workspace_id = $1 AND split_test_id = $2 AND profile_id > $3
                    AND version = $4
                ORDER BY profile_id LIMIT $5
                """,
                [workspace, test, after, version, limit]
            ).map { Member(profile: try $0.get("profile_id"), line: nil) }
        case .splitRest(let test, _):
            return try rest(of: test, after: after, limit: limit, connection)
        case .imported(let task, let batches):
            return try imported(task, batches, after: after, limit: limit, connection)
        }
    }

    /// Contacts of one send were planned in the order of their profiles, so their ids have it too.
    private func reached(
        _ send: SendID,
        after: ProfileID,
        limit: Int,
        _ connection: Connection
    ) throws -> [Member] {
        try connection.rows(
            """
            SELECT i.profile_id FROM interaction i
            WHERE i.workspace_id = $1 AND i.send_id = $2 AND i.id > (
                    SELECT coalesce(max(l.id), 0) FROM interaction l
                    WHERE l.workspace_id = $1 AND l.profile_id = $3 AND l.send_id = $2)
                AND i.state = 'sent' AND i.status IS NULL
            ORDER BY i.id LIMIT $4
            """,
            [workspace, send, after, limit]
        ).map { Member(profile: try $0.get("profile_id"), line: nil) }
    }

    /// Pages until somebody is left of one; whoever was chosen for the test had their message.
    private func rest(
        of test: SplitTestID,
        after: ProfileID,
        limit: Int,
        _ connection: Connection
    ) throws -> [Member] {
        var last = after
        while let page = try whole?.reader.members(after: last, limit: limit, in: connection),
            let end = page.last?.profile
        {
            var chosen: Set<Int> = []
            let lookup = Lookup(
                table: "split_test_member",
                key: "profile_id",
                columns: ["profile_id"],
                keys: page.map { $0.profile.sql },
                fixed: [("workspace_id", workspace.sql), ("split_test_id", test.sql)],
                order: "profile_id"
            )
            try connection.lookup(lookup) { position, _ in chosen.insert(position) }
            let left = page.indices.filter { !chosen.contains($0) }.map { page[$0] }
            guard left.isEmpty else { return left }
            last = end
        }
        return []
    }

    /// The rows of a trigger's batches; whoever came with an earlier batch was dealt with then.
    private func imported(
        _ task: TaskID,
        _ batches: [Int],
        after: ProfileID,
        limit: Int,
        _ connection: Connection
    ) throws -> [Member] {
        guard let first = batches.min() else { return [] }
        let places = batches.indices.map { "$\($0 + 6)" }.joined(separator: ", ")
        let fixed: [any SQLConvertible] = [workspace, task, after, first, limit]
        return try connection.rows(
            """
            SELECT r.profile_id, min(r.line) AS line FROM import_row r
            WHERE r.workspace_id = $1 AND r.task_id = $2 AND r.profile_id > $3
                AND r.batch IN (\(places))
                AND NOT EXISTS (SELECT 1 FROM import_row e
                    WHERE e.workspace_id = $1 AND e.task_id = $2
                    AND e.profile_id = r.profile_id AND e.batch < $4)
            GROUP BY r.profile_id ORDER BY r.profile_id LIMIT $5
            """,
            fixed + batches.map { $0 as any SQLConvertible }
        ).map { Member(profile: try $0.get("profile_id"), line: try $0.get("line")) }
    }
}

extension [ProfileID] {
    /// The first index from which on a condition holds, found by halving.
    fileprivate func partitioningIndex(where holds: (ProfileID) -> Bool) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
