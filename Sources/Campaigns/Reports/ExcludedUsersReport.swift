// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import CSV
public import Common
public import Database
public import Files
public import Tasks

/// "Generate Excluded Users Report": everyone whom a send did not reach, and why, as CSV.
public struct ExcludedUsersReportJob: TaskJob {
    /// `excluded_users_report`.
    public static let taskType = TaskType(
        name: "excluded_users_report",
        displayName: "Generate Excluded Users Report",
        queue: "reports"
    )

    /// What the task keeps as its result.
    public struct Result: Codable, Sendable {
        /// The report, in the spool.
        public var file: SpoolFile
        /// How many people it lists.
        public var rows: Int
    }

    private struct Parameters: Codable, Sendable {
        var send: SendID
    }

    private let spool: Spool

    /// Makes the job.
    public init(spool: Spool) {
        self.spool = spool
    }

    /// `excluded_users_report`.
    public var type: TaskType { ExcludedUsersReportJob.taskType }

    /// The send that a task of this type reports on.
    static func send(of task: TaskRecord) throws -> SendID {
        let parameters: Parameters = try task.parameters()
        return parameters.send
    }

    /// Enqueues a report on a send.
    ///
    /// - Throws: ``CampaignError/nothingExcluded``.
    public static func enqueue(
        on send: SendID,
        of task: TaskRecord,
        by context: Context,
        in transaction: Transaction
    ) throws -> TaskID {
        let totals = try SendStore(context.workspace).totals(of: send, in: transaction)
        guard totals.notSent > 0 else { throw CampaignError.nothingExcluded }
        var subjects = task.subjects
        subjects.parentID = task.id
        let new = try NewTask(
            taskType,
            info: task.info,
            parameters: Parameters(send: send),
            subjects: subjects
        )
        guard
            let id = try TaskStore(context.workspace).enqueue(new, by: context, in: transaction)
        else { throw CampaignError.noSuchSend }
        return id
    }

    /// Enqueues a report on what a task sent: a send task's send, or the last that an import triggered.
    ///
    /// - Returns: The report's task; nil when the task has sent nothing.
    /// - Throws: ``CampaignError/nothingExcluded``, or what Tasks says of the task.
    public static func enqueue(
        on task: TaskID,
        by context: Context,
        in transaction: Transaction
    ) throws -> TaskID? {
        let workspace = context.workspace
        let record = try TaskStore(workspace).task(task, in: transaction)
        let send =
            try SendStore(workspace).send(ofTask: task, in: transaction)
            ?? ImportTriggerStore(workspace).triggers(of: task, in: transaction)
            .compactMap(\.send).last
        guard let send else { return nil }
        return try enqueue(on: send, of: record, by: context, in: transaction)
    }

    /// Writes the report.
    public func run(_ run: TaskRun) async throws -> TaskOutcome {
        let parameters: Parameters = try run.task.parameters()
        return try await run.database.blocking {
            let writer = try spool.create(
                .report,
                name: "\(run.task.workspace)-excluded-\(run.task.id).csv"
            )
            let rows = try write(parameters.send, run, to: writer)
            let result = Result(file: try writer.finish(), rows: rows)
            return .ended(
                try TaskEnding(.completed, "\(rows) people were left out.", result: result)
            )
        }
    }

    private func write(_ send: SendID, _ run: TaskRun, to writer: SpoolWriter) throws -> Int {
        var csv = CSVWriter(delimiter: .comma, neutralizesFormulas: true)
        for name in [
            "profileId", "businessKey", "address", "category", "reason", "detail", "line",
        ] { csv.append(name) }
        csv.endRecord()
        var rows = 0
        var last = InteractionID(0)
        while true {
            let page = try page(of: send, after: last, run)
            guard let end = page.last?.0.id else { break }
            for (interaction, key) in page { append(interaction, key, to: &csv) }
            rows += page.count
            last = end
            try writer.write(csv.bytes)
            csv.removeAll()
        }
        try writer.write(csv.bytes)
        return rows
    }

    private func page(
        of send: SendID,
        after: InteractionID,
        _ run: TaskRun
    ) throws
        -> [(Interaction, String?)]
    {
        try run.database.readBlocking { connection in
            let page = try SendStore(run.task.workspace).interactions(
                of: send,
                in: [.notSent, .inDoubt, .stopped],
                after: after,
                in: connection
            )
            var keys = [String?](repeating: nil, count: page.count)
            guard let campaign = page.first?.campaign else { return [] }
            let table = try ProfileTableStore(run.task.workspace).table(
                CampaignStore(run.task.workspace).campaign(campaign, in: connection).table,
                in: connection
            )
            if let key = table.businessKey {
                let lookup = Lookup(
                    table: table.physicalName,
                    key: "id",
                    columns: [key.column],
                    keys: page.map(\.profile.sql)
                )
                try connection.lookup(lookup) { keys[$0] = ValueText.text($1.value(0), of: key) }
            }
            return Array(zip(page, keys))
        }
    }

    private func append(_ interaction: Interaction, _ key: String?, to csv: inout CSVWriter) {
        csv.append(interaction.profile.value)
        csv.append(key ?? "")
        csv.append(interaction.address ?? "")
        csv.append(interaction.category ?? "")
        csv.append(interaction.status ?? interaction.state.rawValue)
        csv.append(interaction.detail ?? "")
        csv.append(interaction.line.map(String.init) ?? "")
        csv.endRecord()
    }
}
