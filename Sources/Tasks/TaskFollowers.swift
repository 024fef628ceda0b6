// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The orders of one workspace by which tasks follow others.
public struct TaskFollowers: Sendable {
    let workspace: WorkspaceID

    /// The orders of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Keeps an order in place of the one of its type and subject.
    ///
    /// - Throws: `DatabaseError`.
    public func set(_ follower: TaskFollower, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO task_follower (workspace_id, type, subject, queue, info, followed)
            SELECT $1, $2, $3, $4, $5, $6 WHERE true
            ON CONFLICT (workspace_id, type, subject) DO UPDATE
            SET queue = excluded.queue, info = excluded.info, followed = excluded.followed
            """,
            [
                workspace, follower.type.name, follower.subject, follower.type.queue,
                follower.info, JSONColumn(follower.followed.sorted()),
            ]
        )
    }

    /// Forgets an order; what it has enqueued stays.
    ///
    /// - Throws: `DatabaseError`.
    public func remove(_ type: TaskType, subject: Int64, in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM task_follower WHERE workspace_id = $1 AND type = $2 AND subject = $3",
            [workspace, type.name, subject]
        )
    }

    /// All orders.
    func all(in connection: Connection) throws -> [TaskFollower] {
        try connection.rows(
            """
            SELECT type, subject, queue, info, followed FROM task_follower
            WHERE workspace_id = $1 ORDER BY type, subject
            """,
            [workspace]
        ).map { row in
            let name: String = try row.get("type")
            return TaskFollower(
                type: TaskType(name: name, displayName: name, queue: try row.get("queue")),
                subject: try row.get("subject"),
                info: try row.get("info"),
                followed: Set(try row.json("followed", as: [String].self))
            )
        }
    }

    /// Asked by the statement that ends a task, whose workspace is `$1`: a workspace without orders
    /// pays for no statement more.
    static let question = """
        EXISTS (SELECT 1 FROM task_follower f WHERE f.workspace_id = $1) AS is_followed
        """

    /// Enqueues what follows when the statement that ended a task found that something does.
    func follow(_ id: TaskID, asked row: Row, in transaction: Transaction) throws {
        guard try row.get("is_followed", as: Bool.self) else { return }
        try follow(id, in: transaction)
    }

    /// Enqueues what follows, in the transaction that ended a task.
    func follow(_ id: TaskID, in transaction: Transaction) throws {
        let all = try all(in: transaction)
        guard !all.isEmpty else { return }
        let store = TaskStore(workspace)
        let task = try store.task(id, in: transaction)
        let end = try TaskEnd(task, at: transaction.moment)
        let context = Context(
            workspace: workspace,
            actor: task.startedBy,
            source: task.source,
            moment: transaction.moment
        )
        for follower in FollowRule(all).followers(of: task.type) {
            let next = try NewTask(
                follower.type,
                info: follower.info,
                parameters: TaskFollowUp(subject: follower.subject, end: end),
                subjects: TaskSubjects(parentID: id),
                lane: follower.lane
            )
            try store.enqueue(next, by: context, in: transaction)
        }
    }
}

/// Which orders the end of a task concerns.
///
/// Pure.
struct FollowRule {
    private let all: [TaskFollower]
    private let following: Set<String>

    init(_ all: [TaskFollower]) {
        self.all = all
        following = Set(all.map(\.type.name))
    }

    /// What follows a task of a type; nothing follows what follows, or it would never end.
    func followers(of type: String) -> [TaskFollower] {
        guard !following.contains(type) else { return [] }
        return all.filter { $0.followed.isEmpty || $0.followed.contains(type) }
    }
}

extension TaskStore {
    /// The tasks of a queue that wait in one lane, newest first, from an id downwards.
    public func waiting(
        inLane lane: String,
        queue: String,
        before: TaskID,
        limit: Int,
        in connection: Connection
    ) throws -> [TaskID] {
        try connection.rows(
            """
            SELECT id FROM task WHERE workspace_id = $1 AND queue = $2 AND status = 'new'
                AND lane = $3 AND id < $4 ORDER BY id DESC LIMIT $5
            """,
            [workspace, queue, lane, before, limit]
        ).map { try $0.get(0) }
    }
}
