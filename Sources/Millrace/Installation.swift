// SPDX-License-Identifier: Apache-2.0
public import API
public import Accounts
public import Audience
public import Campaigns
public import Common
public import Console
public import Database
import Exports
public import Files
import Foundation
import Imports
public import Logging
public import Messaging
public import Tasks

/// An installation with everything it consists of: the composition root.
public struct Installation: Sendable {
    /// The version of the program.
    public static let version = "0.1.0"

    /// Where it keeps its data.
    public let configuration: Configuration
    /// Its database.
    public let database: Database
    /// Its spool.
    public let spool: Spool
    /// Its locations.
    public let locations: LocationStore
    /// What takes its mails.
    public let transport: any MessageTransport<OutgoingMail>
    /// What its mails need besides what their authors wrote.
    public let mails: MailGround
    /// What takes its text messages.
    public let texts: TextGround
    /// What runs its tasks.
    public let worker: Worker
    /// The types of tasks that it can run.
    public let taskTypes: [TaskType]
    /// What all rooms hold on a person.
    public let dossier: Dossier
    /// What the API works with.
    public var apiServices: APIServices {
        APIServices(
            database: database,
            spool: spool,
            locations: locations,
            dossier: dossier,
            searches: Installation.searches,
            secrets: Installation.secrets(configuration),
            texts: texts,
            mails: mails,
            transport: transport,
            version: Installation.version
        )
    }
    /// What the console works with.
    public var consoleServices: ConsoleServices {
        ConsoleServices(
            rooms: apiServices,
            mails: transport,
            outbox: configuration.outboxFolder,
            taskTypes: taskTypes,
            address: configuration.consoleURL
        )
    }
    /// What sends reports by mail.
    let reports: MailReports

    /// Opens an installation, making what is missing.
    ///
    /// - Parameters:
    ///   - configuration: Where it keeps its data.
    ///   - time: The clock.
    ///   - failpoints: Places where tests can stop the program.
    ///   - logLevel: What the worker says on the error stream; warnings unless given.
    ///   - record: Called with each statement that is prepared; for tests.
    /// - Throws: What any room says of its part.
    public init(
        _ configuration: Configuration,
        time: any TimeSource = SystemTime(),
        failpoints: Failpoints = .none,
        logLevel: Logger.Level = .warning,
        record: (@Sendable (String) -> Void)? = nil
    ) throws {
        self.configuration = configuration
        try FileManager.default.createDirectory(
            atPath: configuration.dataFolder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        database = try Database(
            configuration.database,
            migrations: MillraceSchema.migrations,
            witness: configuration.witnessFile,
            time: time,
            record: record
        )
        spool = try configuration.spool.open(configuration, database, failpoints)
        locations = Installation.locations(configuration, database, failpoints)
        transport = try Installation.transport(configuration)
        mails = Installation.mailGround(configuration)
        let textOutbox = TextOutbox(folder: configuration.outboxFolder)
        texts = Installation.textGround(configuration, textOutbox)
        reports = MailReports(transport: transport, time: time)
        dossier = Dossier([
            InteractionSection(), TextSection(), QuarantineSection(), ImportFileSection(spool),
            MemberBulkSection(),
            ReportSection(spool: spool), Installation.exportSection,
            OutboxSection(OutboxTransport(folder: configuration.outboxFolder), textOutbox),
        ])
        let jobs =
            Installation.jobs(
                spool,
                locations,
                SendJob(
                    mailRoutes: Installation.mailRoutes(configuration, transport),
                    texts: texts,
                    mails: mails
                ),
                reports
            ) + [
                BounceCollectionJob(mails),
                WebhookDeliveryJob(Installation.webhookGround(configuration)), SplitTestJob(),
            ]
        taskTypes = jobs.map(\.type)
        worker = Worker(
            database: database,
            jobs: jobs,
            failpoints: failpoints,
            log: Installation.logger(logLevel)
        )
    }

    /// The workspace with a name; without one, the only one there is, made when there is none.
    public func workspace(named name: String?, by actor: String) async throws -> Workspace {
        try await database.write { transaction in
            let store = WorkspaceStore()
            if let name {
                guard let found = try store.workspace(named: name, in: transaction) else {
                    throw ConfigurationError.noSuchWorkspace(name)
                }
                return found
            }
            let all = try store.all(in: transaction)
            if let only = all.first, all.count == 1 { return only }
            guard all.isEmpty else {
                throw ConfigurationError.whichWorkspace(all.map(\.technicalName))
            }
            return try createWorkspace("Main", technicalName: "main", by: actor, in: transaction)
        }
    }

    /// Makes a workspace with its default profile table.
    public func createWorkspace(
        _ name: String,
        technicalName: String,
        by actor: String,
        in transaction: Transaction
    ) throws -> Workspace {
        let context = Context(
            workspace: WorkspaceID(0),
            actor: actor,
            source: .manualEdit,
            moment: transaction.moment
        )
        let workspace = try WorkspaceStore().create(
            name: name,
            technicalName: technicalName,
            defaultCountryCode: nil,
            by: context,
            in: transaction
        )
        var own = context
        own.workspace = workspace.id
        try ProfileTableStore(workspace.id).createDefault(by: own, in: transaction)
        return workspace
    }

    private static let exportSection = ExportSection { workspace, connection in
        .days(Int64(try SettingStore(workspace).value(.transferboxDays, in: connection)))
    }

    /// The error stream, so that results on the output stay clean.
    private static func logger(_ level: Logger.Level) -> Logger {
        var log = Logger(label: "millrace.worker") { label in
            StreamLogHandler.standardError(label: label)
        }
        log.logLevel = level
        return log
    }

    private static func transport(
        _ configuration: Configuration
    ) throws
        -> any MessageTransport<OutgoingMail>
    {
        if let relay = configuration.relay { return try SMTPTransport(relay) }
        return OutboxTransport(folder: configuration.outboxFolder)
    }

    /// The relays of each workspace; without any, what the configuration names.
    private static func mailRoutes(
        _ configuration: Configuration,
        _ standard: any MessageTransport<OutgoingMail>
    ) -> RelayRoutes {
        let secrets = secrets(configuration)
        let name = configuration.relay.map { "the relay \($0.host)" } ?? "the outbox"
        return RelayRoutes(standard: standard, name: name) { secret, workspace, connection in
            try secrets(workspace).secret(secret, in: connection)?.reveal()
        }
    }

    private static func jobs(
        _ spool: Spool,
        _ locations: LocationStore,
        _ sends: SendJob,
        _ reports: MailReports
    ) -> [any TaskJob] {
        let triggers = ImportTriggers { workspace, connection in
            try SettingStore(workspace).value(.importTriggersEnabled, in: connection)
        }
        let exports = ExportServices(
            spool: spool,
            locations: locations,
            mailer: reports,
            program: version
        )
        let countryCode: @Sendable (WorkspaceID, Connection) throws -> String? = {
            try WorkspaceStore().workspace($0, in: $1).defaultCountryCode
        }
        let imports = ProfileImportJob(
            spool: spool,
            locations: locations,
            listeners: [TriggerListener(triggers: triggers), SegmentRefreshListener()],
            countryCode: countryCode
        )
        return [
            imports, CustomTableImportJob(imports), CustomTableClearingJob(),
            SegmentRefreshJob(searches),
            MemberBulkJob(countryCode: countryCode), PayloadErasureJob(),
            FeedAlertJob(), TriggerJob(), sends,
            ExcludedUsersReportJob(spool: spool), FileDropJob(spool: spool, locations: locations),
            SearchCountJob(searches),
            IncrementalExportJob(exports), FullExportJob(exports), ExportDeliveryJob(exports),
            DataRetentionJob(spool: spool, locations: locations), PartitionJob(),
        ]
    }
}

extension Installation {
    /// A person accepts a database that was restored from a backup: what was held goes on.
    public func acceptRestore(by actor: String) async throws {
        try await database.write { transaction in
            try RestoreHold.accept(in: transaction, by: actor)
        }
    }
}
