// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database
public import Messaging
public import Tasks

/// What a send task is asked to do.
struct SendParameters: Codable, Sendable {
    var send: SendID
    var audience: SendAudience
}

/// Where an interrupted send goes on.
struct SendCheckpoint: Codable, Sendable {
    /// The last profile that was planned.
    var plannedTo: ProfileID
    /// Whether everyone was planned.
    var isPlanned: Bool
}

/// Plans a send and hands its messages over.
public struct SendJob: TaskJob {
    /// `send`.
    public static let taskType = TaskType(
        name: "send",
        displayName: "Send",
        queue: "sends",
        retry: RetryPolicy(attempts: 5, firstPause: .seconds(30), longestPause: .minutes(15)),
        closesWhenStopped: true
    )

    let transport: any MessageTransport<OutgoingMail>

    /// Makes the job.
    ///
    /// - Parameter transport: What takes the mails: a relay, or the built-in outbox.
    public init(transport: any MessageTransport<OutgoingMail>) {
        self.transport = transport
    }

    /// `send`.
    public var type: TaskType { SendJob.taskType }

    /// Runs a send from its checkpoint to its end.
    public func run(_ run: TaskRun) async throws -> TaskOutcome {
        let isStopping = run.task.stopRequestedBy != nil
        if !isStopping, let hold = try await run.database.read(RestoreHold.reason) {
            return .held(reason: hold)
        }
        let parameters: SendParameters = try run.task.parameters()
        let (campaign, table) = try await run.database.read { connection in
            guard let id = run.task.subjects.campaignID else { throw CampaignError.noSuchSend }
            let campaign = try CampaignStore(run.task.workspace).campaign(id, in: connection)
            let table = try ProfileTableStore(run.task.workspace)
                .table(campaign.table, in: connection)
            return (campaign, table)
        }
        let checkpoint: SendCheckpoint? = try run.checkpoint()
        if checkpoint?.isPlanned != true {
            let planner = SendPlanner(
                run: run,
                send: parameters.send,
                campaign: campaign,
                table: table,
                audience: parameters.audience
            )
            try await plan(planner, after: checkpoint?.plannedTo ?? ProfileID(0))
        }
        try run.failpoints.pass("send.planned")
        let delivery = try Delivery(
            run: run,
            send: parameters.send,
            campaign: campaign,
            table: table,
            transport: transport
        )
        return try await delivery.deliver()
    }

    private func plan(_ planner: SendPlanner, after start: ProfileID) async throws {
        let run = planner.run
        try await run.database.blocking {
            try planner.plan(after: start)
            try run.database.writeBlocking { transaction in
                let ledger = try SendStore(run.task.workspace)
                    .ledger(of: planner.send, in: transaction)
                try run.save(
                    checkpoint: SendCheckpoint(plannedTo: ProfileID(.max), isPlanned: true),
                    done: Int64(ledger.targeted - ledger.pending),
                    total: Int64(ledger.targeted),
                    in: transaction
                )
                try transaction.execute(
                    """
                    UPDATE send SET state = 'sending'
                    WHERE workspace_id = $1 AND id = $2 AND state = 'planning'
                    """,
                    [run.task.workspace, planner.send]
                )
            }
        }
    }
}
