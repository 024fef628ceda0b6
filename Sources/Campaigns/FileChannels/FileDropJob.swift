// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database
public import Files
public import Tasks

/// Drops the contacts of a campaign that are ready and not taken yet as a file on a location.
///
/// The file is put first, then its contacts are marked as taken: a crash in between puts the same contacts
/// under the same name again. Without a contact no file is put.
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

    /// The name of the file, and up to which contact it goes: the same at each attempt.
    private struct Checkpoint: Codable, Sendable {
        var end: InteractionID
        var name: String
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
        return try await run.database.blocking { try drop(parameters.campaign, run) }
    }

    private func drop(_ id: CampaignID, _ run: TaskRun) throws -> TaskOutcome {
        let workspace = run.task.workspace
        let (campaign, order) = try run.database.readBlocking { connection in
            (
                try CampaignStore(workspace).campaign(id, in: connection),
                try FileDropStore(workspace).drop(of: id, in: connection)
            )
        }
        guard let order else {
            let result = Result(file: nil, contacts: 0)
            return .ended(try TaskEnding(.completed, "Nobody wants it any more.", result: result))
        }
        let checkpoint = try begin(campaign, run)
        let file = try run.database.readBlocking { connection in
            try ContactFile(workspace, campaign, upTo: checkpoint.end, in: connection)
        }
        let lines = try put(file, checkpoint.name, order, run)
        try run.failpoints.pass("drop.put")
        try file.take(in: run.database) { try run.guardLease(in: $0) }
        let result = Result(file: lines > 0 ? checkpoint.name : nil, contacts: lines)
        let words =
            lines > 0 ? "\(checkpoint.name): \(lines) contacts." : "No contact was ready."
        return .ended(try TaskEnding(.completed, words, result: result))
    }

    private func begin(_ campaign: Campaign, _ run: TaskRun) throws -> Checkpoint {
        if let known: Checkpoint = try run.checkpoint() { return known }
        return try run.database.writeBlocking { transaction in
            let file = try ContactFile(run.task.workspace, campaign, in: transaction)
            let day = Day(utc: transaction.moment)
            let name = "\(campaign.technicalName)-\(day)-\(run.task.id).csv"
            let checkpoint = Checkpoint(end: file.end, name: name)
            try run.save(checkpoint: checkpoint, done: 0, total: nil, in: transaction)
            return checkpoint
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
