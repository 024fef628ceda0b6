// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
internal import Tasks

/// What executing a search came to.
public struct SearchLedger: Codable, Sendable, Hashable {
    /// How many profiles it found.
    public var found = 0
    /// How many of them it subscribed to the list.
    public var subscribed = 0
    /// How many of them were subscribed before.
    public var already = 0

    /// The outcome in one sentence.
    func words(filling isFilling: Bool) -> String {
        guard isFilling else { return "Profiles found: \(found)." }
        return "Profiles found: \(found). Subscribed: \(subscribed), before: \(already)."
    }
}

/// The executions of saved searches of one workspace: each a task that counts what the search finds,
/// and subscribes it to a list when one is given.
public struct SearchExecutions: Sendable {
    struct Parameters: Codable, Sendable {
        var search: SearchID
        var list: ListID?
    }

    let workspace: WorkspaceID

    /// The executions of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// The executions as they can be listed; their ids are those of their tasks.
    public static let listing = Listing(
        from: """
            search_execution e JOIN task t ON t.workspace_id = e.workspace_id AND t.id = e.task_id
            """,
        scope: "e.workspace_id",
        key: "e.task_id",
        columns: [
            ListingColumn("id", "e.task_id", .integer),
            ListingColumn("search_id", "e.search_id", .integer),
            ListingColumn("list_id", "e.list_id", .integer).orNull,
            ListingColumn("status", "t.status", .text),
            ListingColumn("found", "e.found", .integer).orNull,
            ListingColumn("subscribed", "e.subscribed", .integer).orNull,
            ListingColumn("cdate", "t.created_at", .moment),
            ListingColumn("finished", "t.finished_at", .moment).orNull,
        ]
    )

    /// Enqueues an execution.
    ///
    /// - Parameters:
    ///   - search: The search.
    ///   - list: Where what is found is subscribed; nil to count only.
    ///   - compiler: What says how the search is stored.
    ///   - context: Who asks.
    ///   - transaction: A transaction.
    /// - Returns: Its task.
    /// - Throws: ``AudienceError/noSuchSearch(_:)``, or ``AudienceError/noSuchList(_:)`` also for a
    ///   list of another table.
    public func start(
        _ search: SearchID,
        filling list: ListID?,
        _ compiler: SearchCompiler,
        by context: Context,
        in transaction: Transaction
    ) throws -> TaskID {
        let found = try SearchStore(workspace, compiler).search(search, in: transaction)
        if let list {
            let target = try ListStore(workspace).list(list, in: transaction)
            guard target?.table == found.table else {
                throw AudienceError.noSuchList("number \(list) of the table of the search")
            }
        }
        let task = try NewTask(
            SearchCountJob.taskType,
            info: found.name,
            parameters: Parameters(search: search, list: list),
            lane: list.map { "list \($0)" }
        )
        let made = try TaskStore(workspace).enqueue(task, by: context, in: transaction)
        guard let id = made else { throw AudienceError.noSuchSearch("number \(search)") }
        try transaction.execute(
            """
            INSERT INTO search_execution (workspace_id, task_id, search_id, list_id)
            VALUES ($1, $2, $3, $4)
            """,
            [workspace, id, search, list]
        )
        return id
    }

    /// Forgets an execution, with its task.
    public func delete(ofTask id: TaskID, in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM search_execution WHERE workspace_id = $1 AND task_id = $2",
            [workspace, id]
        )
    }

    /// Notes the counts, with the end of the task.
    func note(
        _ ledger: SearchLedger,
        of id: TaskID,
        isFilling: Bool,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE search_execution SET found = $3, subscribed = $4
            WHERE workspace_id = $1 AND task_id = $2
            """,
            [workspace, id, ledger.found, isFilling ? ledger.subscribed : nil]
        )
    }
}
