// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
public import Database
public import Messaging
public import Tasks

/// What a send task is asked to do.
struct SendParameters: Codable, Sendable {
    var send: SendID
    /// To whom it goes, unless a scheduled send says so.
    var audience: SendAudience?
    /// The scheduled send that it carries out.
    var scheduled: ScheduledSendID?
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

    let mailRoutes: any Routing<OutgoingMail>
    let texts: TextGround
    let mails: MailGround

    /// Makes the job.
    ///
    /// - Parameters:
    ///   - mailRoutes: Which ways mails can go: relays, or the built-in outbox.
    ///   - texts: What text messages need: gateways, or the built-in outbox.
    ///   - mails: What mails need besides; nothing unless given.
    public init(
        mailRoutes: any Routing<OutgoingMail>,
        texts: TextGround,
        mails: MailGround = .plain
    ) {
        self.mailRoutes = mailRoutes
        self.texts = texts
        self.mails = mails
    }

    /// Makes the job with one way for mails.
    public init(
        transport: any MessageTransport<OutgoingMail>,
        texts: TextGround,
        mails: MailGround = .plain
    ) {
        self.init(
            mailRoutes: FixedRoute(.relay, name: "the relay", transport),
            texts: texts,
            mails: mails
        )
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
        guard let order = try await begin(parameters, run) else { return .endedInTransaction }
        try run.failpoints.pass("send.begun")
        let checkpoint: SendCheckpoint? = try run.checkpoint()
        if checkpoint?.isPlanned != true {
            let planner = SendPlanner(
                run: run,
                send: parameters.send,
                campaign: order.campaign,
                table: order.table,
                audience: order.audience,
                beganAt: order.beganAt,
                recipientTime: order.recipientTime,
                version: order.version
            )
            try await plan(planner, after: checkpoint?.plannedTo ?? ProfileID(0))
        }
        try run.failpoints.pass("send.planned")
        let delivery = Delivery(
            run: run,
            send: parameters.send,
            campaign: order.campaign,
            table: order.table,
            courier: try await courier(order, parameters.send, run)
        )
        return try await delivery.deliver()
    }

    /// A send that ends Fatal has ended, and whatever led to it says why.
    public func failed(_ run: TaskRun, _ words: String, in transaction: Transaction) throws {
        let parameters: SendParameters = try run.task.parameters()
        try SendFailure(workspace: run.task.workspace, send: parameters.send)
            .note(words, in: transaction)
    }

    /// What a run is to send, to whom, and since when.
    private struct Order: Sendable {
        var campaign: Campaign
        var table: ProfileTable
        var audience: SendAudience
        var beganAt: Instant
        var recipientTime: RecipientTime?
        /// The version of a split test.
        var version: String?
    }

    /// Nil when nothing is to be done now.
    private func begin(_ parameters: SendParameters, _ run: TaskRun) async throws -> Order? {
        try await run.database.write { transaction in
            guard let id = run.task.subjects.campaignID else { throw CampaignError.noSuchSend }
            var scheduled: ScheduledSend?
            if let id = parameters.scheduled {
                let life = ScheduledSendLife(workspace: run.task.workspace)
                guard case .go(let found) = try life.begin(id, run, in: transaction) else {
                    return nil
                }
                scheduled = found
            }
            try SendFailure(workspace: run.task.workspace, send: parameters.send)
                .takeBack(in: transaction)
            var campaign = try CampaignStore(run.task.workspace).campaign(id, in: transaction)
            let split = try scheduled.flatMap { send in
                try SplitTestStore(run.task.workspace).audience(of: send, in: transaction)
            }
            if split != nil, let message = scheduled?.message {
                // The campaign of a split test has several messages; this send is one of them.
                campaign.content = try MessageStore(run.task.workspace)
                    .message(message, in: transaction).content
            }
            let table = try ProfileTableStore(run.task.workspace)
                .table(campaign.table, in: transaction)
            guard
                let audience = parameters.audience ?? split?.audience ?? scheduled?.target.audience
            else {
                throw CampaignError.noSuchSend
            }
            return Order(
                campaign: campaign,
                table: table,
                audience: audience,
                beganAt: scheduled?.beganAt ?? run.task.startedAt ?? transaction.moment,
                recipientTime: scheduled?.recipientTime,
                version: split?.version
            )
        }
    }

    private func courier(
        _ order: Order,
        _ send: SendID,
        _ run: TaskRun
    ) async throws -> any Courier {
        switch order.campaign.channel {
        case .email:
            ChannelCourier(
                try await MailComposer(
                    campaign: order.campaign,
                    table: order.table,
                    send: send,
                    ground: mails,
                    run: run
                ),
                mailRoutes,
                run
            )
        case .print, .callCenter, .customAudience: FileCourier()
        case .sms: try textCourier(order, run)
        }
    }

    private func textCourier(_ order: Order, _ run: TaskRun) throws -> TextCourier {
        guard let content = order.campaign.content.sms else {
            let words = "\(order.campaign.displayName) on the sms channel"
            throw CampaignError.noSuchCampaign(words)
        }
        return TextCourier(
            composer: try TextComposer(content, table: order.table, run: run),
            ground: texts,
            content: content,
            run: run
        )
    }

    private func plan(_ planner: SendPlanner, after start: ProfileID) async throws {
        let run = planner.run
        try await planner.plan(after: start)
        try await run.database.write { transaction in
            let planned = try CampaignCounts(run.task.workspace)
                .planned(planner.send, of: planner.campaign.id, in: transaction)
            try run.save(
                checkpoint: SendCheckpoint(plannedTo: ProfileID(.max), isPlanned: true),
                done: planned.leftOut,
                total: planned.targeted,
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

extension SendTarget {
    /// The target as the audience of a send.
    var audience: SendAudience {
        switch self {
        case .list(let id): .list(id)
        case .search(let id): .search(id)
        }
    }
}
