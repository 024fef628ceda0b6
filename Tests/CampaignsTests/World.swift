// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database
import Files
import Foundation
import Logging
import Messaging
import TestSupport

@testable import Tasks

/// A workspace with a default table, people, campaigns and an outbox; time stands still.
final class World: Sendable {
    static let workspace = WorkspaceID(1)
    static let migrations =
        TaskSchema.migrations + AudienceSchema.migrations + CampaignSchema.migrations

    let time: ManualTime
    let database: Database
    let folder: TemporaryFolder
    let outbox: OutboxTransport
    let texts: TextOutbox
    let spool: Spool
    let table: ProfileTable
    let failpoints = FailpointRecorder()
    let sends = SendStore(World.workspace)
    let campaigns = CampaignStore(World.workspace)
    let triggers = ImportTriggerStore(World.workspace)
    let tasks = TaskStore(World.workspace)

    convenience init(
        _ engine: TestEngine = .memory,
        at start: Instant = ManualTime.monday,
        record: (@Sendable (String) -> Void)? = nil
    ) throws {
        let time = ManualTime(start)
        let database = try engine.open(migrations: World.migrations, time: time, record: record)
        try self.init(database, time, TemporaryFolder())
    }

    /// A world over a database that may have been used before.
    init(_ database: Database, _ time: ManualTime, _ folder: TemporaryFolder) throws {
        self.time = time
        self.database = database
        self.folder = folder
        outbox = OutboxTransport(folder: folder.path("outbox"))
        texts = TextOutbox(folder: folder.path("outbox"))
        spool = try Spool(root: folder.path("spool"))
        let context = World.context(time.now())
        table = try database.writeBlocking { transaction in
            let tables = ProfileTableStore(World.workspace)
            if let table = try tables.all(in: transaction).first { return table }
            return try tables.createDefault(by: context, in: transaction)
        }
    }

    static func context(_ moment: Instant, by actor: String = "ann") -> Context {
        Context(workspace: workspace, actor: actor, source: .manualEdit, moment: moment)
    }

    var now: Instant { time.now() }
    var context: Context { World.context(now) }

    func read<T>(_ body: (Connection) throws -> T) throws -> T { try database.readBlocking(body) }
    @discardableResult
    func write<T>(_ body: (Transaction) throws -> T) throws -> T {
        try database.writeBlocking(.serial, body)
    }

    /// Makes a person with an address; more values go by attribute name.
    @discardableResult
    func person(_ email: String?, _ values: [String: String] = [:]) throws -> ProfileID {
        var values = values
        if let email { values["emailAddress"] = email }
        return try write { transaction in
            try ProfileStore(table).create(values: values, by: context, in: transaction).profile.id
        }
    }

    func people(_ count: Int) throws -> [ProfileID] {
        try (0..<count).map { try person("p\($0)@example.com", ["firstName": "P\($0)"]) }
    }

    func change(_ profile: ProfileID, _ values: [String: String]) throws {
        try write { transaction in
            _ = try ProfileStore(table)
                .update(profile, values: values, by: context, in: transaction)
        }
    }

    static let content = EmailContent(
        senderAddress: "news@sender.example",
        variants: [
            "en": EmailVariant(subject: "Hello {{firstName}}", text: "Dear {{firstName}},"),
            "fr": EmailVariant(subject: "Bonjour {{firstName}}", text: "Chère {{firstName}},"),
        ],
        defaultLanguage: "en",
        defaults: ["firstName": "friend"]
    )

    /// Makes a campaign that is active.
    func campaign(
        _ name: String = "Welcome",
        content: EmailContent = World.content,
        list: ListID? = nil,
        rules: CampaignRules = CampaignRules()
    ) throws -> Campaign {
        try write { transaction in
            let new = NewCampaign(
                name,
                table: table.id,
                content: content,
                list: list,
                rules: rules
            )
            let draft = try campaigns.create(new, by: context, in: transaction)
            try campaigns.activate(draft.id, by: context, in: transaction)
            return try campaigns.campaign(draft.id, in: transaction)
        }
    }

    /// Starts a send; it runs when ``work(_:)`` is called.
    func start(_ campaign: Campaign, to people: [ProfileID]) throws -> (send: SendID, task: TaskID)
    {
        try write { try sends.start(campaign, .profiles(people), by: context, in: $0) }
    }

    /// Runs all that is due.
    @discardableResult
    func work(
        _ transport: (any MessageTransport<OutgoingMail>)? = nil,
        mails: MailGround = .plain,
        texts ground: TextGround? = nil,
        _ jobs: any TaskJob...
    ) async throws -> Int {
        let own: [any TaskJob] = [
            SendJob(
                transport: transport ?? outbox,
                texts: ground ?? TextGround(outbox: texts),
                mails: mails
            ),
            TriggerJob(), ExcludedUsersReportJob(spool: spool), SplitTestJob(),
        ]
        return try await Worker(
            database: database,
            jobs: own + jobs,
            randomness: SeededRandomness(),
            failpoints: failpoints.failpoints,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ).runUntilIdle()
    }

    /// Sends to people and runs it to its end, over all its waits.
    func send(
        _ campaign: Campaign,
        to people: [ProfileID],
        by transport: (any MessageTransport<OutgoingMail>)? = nil
    ) async throws -> SendID {
        let started = try start(campaign, to: people)
        try await finish(started.task, transport)
        return started.send
    }

    /// Moves the clock to each next try until a task has ended.
    func finish(
        _ task: TaskID,
        _ transport: (any MessageTransport<OutgoingMail>)? = nil
    ) async throws {
        for _ in 0..<20 {
            try await work(transport)
            let record = try self.task(task)
            guard !record.status.isEnded else { return }
            time.set(record.status == .new ? record.runAt : now + .minutes(2))
        }
    }

    func task(_ id: TaskID) throws -> TaskRecord { try read { try tasks.task(id, in: $0) } }
    func ledger(_ send: SendID) throws -> SendLedger {
        try read { try sends.ledger(of: send, in: $0) }
    }

    func interactions(_ send: SendID) throws -> [Interaction] {
        try read { try sends.interactions(of: send, in: InteractionState.allCases, in: $0) }
    }

    /// The files of the outbox by path, over all days.
    func outboxFiles() throws -> [String] {
        let root = folder.path("outbox")
        guard FileManager.default.fileExists(atPath: root) else { return [] }
        return try FileManager.default.subpathsOfDirectory(atPath: root)
            .filter { $0.hasSuffix(".eml") }.sorted()
    }

    /// The recipients of all mails in the outbox, sorted.
    func outboxRecipients() throws -> [String] {
        try outboxFiles().map { try header("To", of: $0) }.sorted()
    }

    func header(_ name: String, of file: String) throws -> String {
        let text = try mail(file)
        let line = text.split(separator: "\r\n").first { $0.hasPrefix("\(name): ") }
        let value = String(line?.dropFirst(name.count + 2) ?? "")
        guard let open = value.firstIndex(of: "<"), name == "To" else { return value }
        return String(value[value.index(after: open)...].dropLast())
    }

    func mail(_ file: String) throws -> String {
        let data = try Data(contentsOf: URL(fileURLWithPath: folder.path("outbox/" + file)))
        return String(decoding: data, as: UTF8.self)
    }
}
