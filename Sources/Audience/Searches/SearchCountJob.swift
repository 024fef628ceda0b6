// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database
public import Tasks

/// Counts what a saved search finds, and subscribes it to a list when one is given.
///
/// A list is filled in chunks of ids, each one transaction with its checkpoint: an interruption
/// repeats nothing. Whoever unsubscribed before is subscribed again, as by any call of the API.
public struct SearchCountJob: TaskJob {
    /// `search_count`.
    public static let taskType = TaskType(
        name: "search_count",
        displayName: "Search count",
        queue: "searches"
    )

    /// How many profiles are subscribed in one transaction.
    static let standardChunk = 1_000

    private let compiler: SearchCompiler
    private let chunk: Int

    /// Makes the job with a compiler that knows the terms of all rooms.
    public init(_ compiler: SearchCompiler) {
        self.init(compiler, chunk: SearchCountJob.standardChunk)
    }

    init(_ compiler: SearchCompiler, chunk: Int) {
        self.compiler = compiler
        self.chunk = chunk
    }

    /// `search_count`.
    public var type: TaskType { SearchCountJob.taskType }

    /// Counts at once, or fills the list chunk by chunk.
    public func run(_ run: TaskRun) async throws -> TaskOutcome {
        let parameters: SearchExecutions.Parameters = try run.task.parameters()
        try await run.database.blocking {
            guard let list = parameters.list else { return try count(parameters.search, run) }
            try fill(list, parameters.search, run)
        }
        return .endedInTransaction
    }

    private func count(_ search: SearchID, _ run: TaskRun) throws {
        let found = try run.database.readBlocking { connection in
            let target = try SearchTarget(
                search,
                compiler,
                run.task.workspace,
                at: run.database.time.now(),
                in: connection
            )
            return try target.search.count(in: connection)
        }
        try run.database.writeBlocking(.guarded) { transaction in
            try end(run, SearchLedger(found: found), isFilling: false, in: transaction)
        }
    }

    private func fill(_ list: ListID, _ search: SearchID, _ run: TaskRun) throws {
        var state = try run.checkpoint(as: FillState.self) ?? FillState(moment: run.context.moment)
        while !state.isDone {
            let before = state
            state = try run.database.writeBlocking(.guarded) { transaction in
                try step(from: before, list, search, run, in: transaction)
            }
            try run.failpoints.pass("search.chunk")
        }
    }

    private func step(
        from before: FillState,
        _ list: ListID,
        _ search: SearchID,
        _ run: TaskRun,
        in transaction: Transaction
    ) throws -> FillState {
        var state = before
        try run.guardLease(in: transaction)
        if let who = try run.stopRequester(in: transaction) {
            state.isDone = true
            try end(run, state.ledger, isFilling: true, stoppedBy: who, in: transaction)
            return state
        }
        let target = try SearchTarget(
            search,
            compiler,
            run.task.workspace,
            at: state.moment,
            in: transaction
        )
        let ids = try target.search.profileIDs(after: state.last, limit: chunk, in: transaction)
        if let last = ids.last {
            let filling = try ListFilling(target, list, run.context, in: transaction)
            let changed = try filling.subscribe(after: state.last, to: last, in: transaction)
            state.add(found: Set(ids).union(changed).count, subscribed: changed.count)
            state.last = last
        }
        state.isDone = ids.count < chunk
        if state.isDone {
            try end(run, state.ledger, isFilling: true, in: transaction)
        } else {
            let done = Int64(state.ledger.found)
            try run.save(checkpoint: state, done: done, total: nil, in: transaction)
        }
        return state
    }

    private func end(
        _ run: TaskRun,
        _ ledger: SearchLedger,
        isFilling: Bool,
        stoppedBy who: String? = nil,
        in transaction: Transaction
    ) throws {
        let counts = ledger.words(filling: isFilling)
        let words = who.map { "Stopped by \($0). \(counts)" } ?? counts
        try run.end(try TaskEnding(.completed, words, result: ledger), in: transaction)
        try SearchExecutions(run.task.workspace)
            .note(ledger, of: run.task.id, isFilling: isFilling, in: transaction)
    }
}

/// How far the filling of a list has come; its checkpoint.
struct FillState: Codable, Sendable {
    /// The moment that the search counts days from, the same for all chunks.
    var moment: Instant
    /// The last profile that was looked at.
    var last = ProfileID(0)
    var ledger = SearchLedger()
    var isDone = false

    init(moment: Instant) { self.moment = moment }

    mutating func add(found: Int, subscribed: Int) {
        ledger.found += found
        ledger.subscribed += subscribed
        ledger.already += found - subscribed
    }
}

/// A saved search, compiled.
struct SearchTarget {
    let id: SearchID
    let table: ProfileTable
    let condition: SearchCondition

    init(
        _ id: SearchID,
        _ compiler: SearchCompiler,
        _ workspace: WorkspaceID,
        at moment: Instant,
        in connection: Connection
    ) throws {
        let saved = try SearchStore(workspace, compiler).search(id, in: connection)
        self.id = id
        table = try ProfileTableStore(workspace).table(saved.table, in: connection)
        condition =
            try compiler
            .compile(saved.expression, over: table, at: moment, in: connection)
    }

    var search: ProfileSearch { ProfileSearch(table, condition) }
}
