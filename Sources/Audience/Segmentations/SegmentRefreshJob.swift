// SPDX-License-Identifier: Apache-2.0
import Common
import Database
public import Tasks

/// Computes segmentations anew: all of a workspace once a day, one on demand, and those of a table
/// after an import for the profiles that it touched.
///
/// Profiles are taken in ranges of ids, each one transaction with its checkpoint.
public struct SegmentRefreshJob: TaskJob {
    /// `segment_refresh`.
    public static let taskType = TaskType(
        name: "segment_refresh",
        displayName: "Segment refresh",
        queue: "segments"
    )

    /// How many profiles are looked at in one transaction.
    static let standardChunk = 10_000

    struct Parameters: Codable, Sendable {
        /// The one segmentation; all when nil.
        var segmentation: SegmentationID?
        /// The table whose segmentations are meant; all tables when nil.
        var table: ProfileTableID?
        /// The import whose profiles alone are looked at.
        var task: TaskID?
    }

    private let compiler: SearchCompiler
    private let chunk: Int

    /// Makes the job with a compiler that knows the terms of all rooms.
    public init(_ compiler: SearchCompiler) {
        self.init(compiler, chunk: SegmentRefreshJob.standardChunk)
    }

    init(_ compiler: SearchCompiler, chunk: Int) {
        self.compiler = compiler
        self.chunk = chunk
    }

    /// `segment_refresh`.
    public var type: TaskType { SegmentRefreshJob.taskType }

    /// Goes through the segmentations by id, range by range.
    public func run(_ run: TaskRun) async throws -> TaskOutcome {
        let parameters: Parameters = try run.task.parameters()
        try await run.database.blocking {
            var state =
                try run.checkpoint(as: RefreshState.self)
                ?? RefreshState(moment: run.context.moment)
            while !state.isDone {
                let before = state
                state = try run.database.writeBlocking(.guarded) { transaction in
                    try step(before, parameters, run, in: transaction)
                }
                try run.failpoints.pass("segment.chunk")
            }
        }
        return .endedInTransaction
    }

    private func step(
        _ before: RefreshState,
        _ parameters: Parameters,
        _ run: TaskRun,
        in transaction: Transaction
    ) throws -> RefreshState {
        var state = before
        try run.guardLease(in: transaction)
        if let who = try run.stopRequester(in: transaction) {
            state.isDone = true
            let words = "Stopped by \(who). \(state.words)"
            try run.end(try TaskEnding(.completed, words, result: state), in: transaction)
            return state
        }
        let store = SegmentationStore(run.task.workspace, compiler)
        let all = try store.all(in: transaction).sorted { $0.id < $1.id }
        guard let segmentation = all.first(where: { parameters.means($0) && state.isOpen($0) })
        else {
            state.isDone = true
            let status: TaskStatus = state.failures.isEmpty ? .completed : .error
            try run.end(try TaskEnding(status, state.words, result: state), in: transaction)
            return state
        }
        try store.hold(segmentation.id, in: transaction)
        // Whoever held it may have deleted it.
        guard try store.all(in: transaction).contains(where: { $0.id == segmentation.id }) else {
            return state
        }
        try refresh(segmentation, &state, parameters, run, in: transaction)
        try run.save(checkpoint: state, done: state.ranges, total: nil, in: transaction)
        return state
    }

    private func refresh(
        _ segmentation: Segmentation,
        _ state: inout RefreshState,
        _ parameters: Parameters,
        _ run: TaskRun,
        in transaction: Transaction
    ) throws {
        if state.segmentation != segmentation.id {
            state.segmentation = segmentation.id
            state.last = ProfileID(0)
        }
        let workspace = run.task.workspace
        let refresh = SegmentRefresh(
            segmentation: segmentation,
            table: try ProfileTableStore(workspace).table(segmentation.table, in: transaction),
            task: parameters.task
        )
        guard let end = try refresh.end(after: state.last, limit: chunk, in: transaction) else {
            state.finished = segmentation.id
            state.segmentations += 1
            guard parameters.task == nil else { return }
            return try SegmentationStore(workspace, compiler)
                .refreshed(segmentation, at: state.moment, in: transaction)
        }
        let rule: SegmentRefresh.Rule
        do {
            rule = try refresh.rule(compiler, at: state.moment, in: transaction)
        } catch let error as AudienceError {
            // The others do not wait for one that has to be mended by hand.
            state.fail(segmentation, error)
            return try SegmentationStore(workspace, compiler)
                .failed(segmentation, at: state.moment, in: transaction)
        }
        state.changes += try refresh.apply(
            after: state.last,
            to: end,
            by: rule,
            run.context.at(transaction.moment),
            in: transaction
        )
        state.last = end
        state.ranges += 1
    }
}

extension SegmentRefreshJob.Parameters {
    func means(_ segmentation: Segmentation) -> Bool {
        (self.segmentation ?? segmentation.id) == segmentation.id
            && (table ?? segmentation.table) == segmentation.table
    }
}

/// How far a refresh has come; its checkpoint and its result.
struct RefreshState: Codable, Sendable {
    /// The moment that expressions count days from, the same for all ranges.
    var moment: Instant
    /// The segmentation under way.
    var segmentation: SegmentationID?
    /// The last one that is through.
    var finished: SegmentationID?
    /// The last profile that was looked at.
    var last = ProfileID(0)
    /// How many segmentations are through.
    var segmentations = 0
    /// How many ranges of profiles were looked at.
    var ranges: Int64 = 0
    /// How many memberships changed.
    var changes = 0
    /// Those that could not be computed; nil in checkpoints from before there were such.
    private var failed: [Failure]?
    var isDone = false

    /// Why a segmentation could not be computed.
    struct Failure: Codable, Sendable {
        var segmentation: String
        var words: String
    }

    init(moment: Instant) { self.moment = moment }

    func isOpen(_ segmentation: Segmentation) -> Bool {
        finished.map { segmentation.id > $0 } ?? true
    }

    var failures: [Failure] { failed ?? [] }

    mutating func fail(_ segmentation: Segmentation, _ error: AudienceError) {
        failed = failures + [Failure(segmentation: segmentation.name, words: "\(error)")]
        finished = segmentation.id
    }

    var words: String {
        let done = "Segmentations: \(segmentations). Changes: \(changes)."
        return failures.reduce(done) { words, failure in
            "\(words) \(failure.segmentation) was left as it was: \(failure.words)."
        }
    }
}
