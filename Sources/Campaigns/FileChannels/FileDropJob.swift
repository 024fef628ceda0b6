// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database
public import Files
public import Tasks

/// Drops the contacts of a campaign that are ready and not taken yet as a file on a location.
///
/// The file is put first, then its contacts are marked as taken: a crash before anything was marked puts
/// the same contacts under the same name again, one after that goes on marking. Without a
/// contact no file is put.
public struct FileDropJob: TaskJob {
    /// `file_channel_drop`.
    public static let taskType = TaskType(
        name: "file_channel_drop",
        displayName: "File channel drop",
        queue: "files"
    )

    private struct Parameters: Codable {
        var campaign: CampaignID
    }

    /// The name of the file, and the tick as of which it stands: the same at each attempt.
    private struct Checkpoint: Codable, Sendable {
        var tick: Tick
        var name: String
        /// How many contacts it has; nil until it was put.
        var lines: Int?
    }

    /// What a drop came to.
    public struct Result: Codable, Sendable, Hashable {
        /// The name of the file; nil when nothing was ready.
        public var file: String?
        /// How many contacts it has.
        public var contacts: Int
    }

    private let spool: Spool
    private let locations: LocationStore

    /// Makes the job.
    public init(spool: Spool, locations: LocationStore) {
        self.spool = spool
        self.locations = locations
    }

    /// `file_channel_drop`.
    public var type: TaskType { FileDropJob.taskType }

    static func order(_ campaign: Campaign) throws -> NewTask {
        try NewTask(
            taskType,
            info: campaign.displayName,
            parameters: Parameters(campaign: campaign.id),
            subjects: TaskSubjects(campaignID: campaign.id),
            lane: "file_drop:\(campaign.id)"
        )
    }

    /// Drops the file.
    public func run(_ run: TaskRun) async throws -> TaskOutcome {
        let parameters: Parameters = try run.task.parameters()
        // An earlier release noted no tick: its drop begins anew.
        let known = try? run.checkpoint(as: Checkpoint.self)
        let tick: Tick
        if let known {
            tick = known.tick
        } else {
            tick = try await ChangeClock(run.database).tick()
        }
        return try await run.database.blocking {
            try drop(parameters.campaign, known, tick, run)
        }
    }

    private func drop(
        _ id: CampaignID,
        _ known: Checkpoint?,
        _ tick: Tick,
        _ run: TaskRun
    ) throws -> TaskOutcome {
        let workspace = run.task.workspace
        let (file, campaign, order) = try run.database.readBlocking { connection in
            let campaign = try CampaignStore(workspace).campaign(id, in: connection)
            return (
                try ContactFile(workspace, campaign, asOf: tick, in: connection), campaign,
                try FileDropStore(workspace).drop(of: id, in: connection)
            )
        }
        guard let order else {
            let result = Result(file: nil, contacts: 0)
            return .ended(try TaskEnding(.completed, "Nobody wants it any more.", result: result))
        }
        var checkpoint = try known ?? begin(campaign, tick, run)
        let lines = try checkpoint.lines ?? put(file, checkpoint.name, order, run)
        try run.failpoints.pass("drop.put")
        checkpoint.lines = lines
        try save(checkpoint, run)
        try file.take(in: run.database) { transaction in
            try run.guardLease(in: transaction)
            try run.failpoints.pass("drop.taken")
        }
        let result = Result(file: lines > 0 ? checkpoint.name : nil, contacts: lines)
        let words =
            lines > 0 ? "\(checkpoint.name): \(lines) contacts." : "No contact was ready."
        return .ended(try TaskEnding(.completed, words, result: result))
    }

    private func begin(
        _ campaign: Campaign,
        _ tick: Tick,
        _ run: TaskRun
    ) throws -> Checkpoint {
        let name = "\(campaign.technicalName)-\(Day(utc: tick.moment))-\(run.task.id).csv"
        let checkpoint = Checkpoint(tick: tick, name: name)
        try save(checkpoint, run)
        return checkpoint
    }

    private func save(_ checkpoint: Checkpoint, _ run: TaskRun) throws {
        let lines = Int64(checkpoint.lines ?? 0)
        try run.database.writeBlocking { transaction in
            try run.save(checkpoint: checkpoint, done: lines, total: nil, in: transaction)
        }
    }

    /// Writes the file in the spool and puts it from there; what is spooled is removed at once.
    private func put(
        _ file: ContactFile,
        _ name: String,
        _ order: FileDrop,
        _ run: TaskRun
    ) throws -> Int {
        let writer = try spool.create(
            .report,
            name: "\(run.task.workspace)-drop-\(run.task.id).csv"
        )
        let lines = try file.write(from: run.database, all: false) { try writer.write($0) }
        let spooled = try writer.finish()
        defer { try? spool.remove(spooled) }
        guard lines > 0 else { return 0 }
        let record = try run.database.readBlocking { connection in
            try locations.find(order.location, run.task.workspace, in: connection)
        }
        let access = try locations.access(for: record.location, workspace: run.task.workspace)
        try spool.withLocalPath(of: spooled) { try access.put(from: $0, to: name) }
        return lines
    }
}
