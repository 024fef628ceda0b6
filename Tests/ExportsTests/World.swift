// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database
import Exports
import Files
import Foundation
import Tasks
import TestSupport
import Testing

/// Stands for a crash at a failpoint.
struct Crash: SimulatedStop {
    let name: String

    /// Failpoints that stop the program at one of them.
    static func at(_ point: String) -> Failpoints {
        Failpoints { name in
            if name == point { throw Crash(name: name) }
        }
    }
}

/// A workspace with a database, a spool, a folder that files are delivered to, and a clock that
/// stands still.
final class World: Sendable {
    let folder: TemporaryFolder
    let time: ManualTime
    let database: Database
    let services: ExportServices
    let location: LocationID
    let mailer = RecordingMailer()
    let workspace = WorkspaceID(1)

    static let migrations =
        TaskSchema.migrations + AudienceSchema.migrations + CampaignSchema.migrations
        + FilesSchema.migrations + ExportsSchema.migrations

    convenience init(
        _ engine: TestEngine = .memory,
        sortLimit: Int = 1 << 25,
        largeWindow: Int64 = 100_000,
        record: (@Sendable (String) -> Void)? = nil
    ) async throws {
        let time = ManualTime()
        let database = try engine.open(migrations: World.migrations, time: time, record: record)
        try await self.init(database, time, sortLimit: sortLimit, largeWindow: largeWindow)
    }

    /// A workspace in a database that was opened with a clock.
    init(
        _ database: Database,
        _ time: ManualTime,
        sortLimit: Int = 1 << 25,
        largeWindow: Int64 = 100_000
    ) async throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        self.time = time
        self.database = database
        try FileManager.default.createDirectory(
            atPath: folder.path("out"),
            withIntermediateDirectories: true
        )
        services = ExportServices(
            spool: try Spool(root: folder.path("spool")),
            locations: LocationStore(transferboxRoot: folder.path("transferbox")),
            mailer: mailer,
            program: "Millrace test",
            sortLimit: sortLimit,
            largeWindow: largeWindow
        )
        let context = Context(
            workspace: WorkspaceID(1),
            actor: "anna",
            source: .api,
            moment: time.now()
        )
        let locations = services.locations
        location = try await database.write { transaction in
            try locations.create(
                "out",
                Location(kind: "folder", settings: ["path": folder.path("out")]),
                context: context,
                in: transaction
            ).id
        }
    }

    /// Another's workspace and files, with its database in another place.
    init(_ database: Database, _ time: ManualTime, movedFrom world: World) async throws {
        folder = world.folder
        self.time = time
        self.database = database
        services = world.services
        location = world.location
    }

    var context: Context {
        Context(workspace: workspace, actor: "anna", source: .api, moment: time.now())
    }

    var store: ExportStore { ExportStore(workspace, locations: services.locations) }

    func worker(_ failpoints: Failpoints = .none, on node: Database? = nil) -> Worker {
        Worker(
            database: node ?? database,
            jobs: [
                IncrementalExportJob(services), FullExportJob(services),
                ExportDeliveryJob(services),
            ],
            randomness: SeededRandomness(),
            failpoints: failpoints
        )
    }

    /// A definition that delivers to the folder and begins with everything.
    func definition(
        _ pair: ExportPair,
        _ table: ProfileTable,
        name: String = "daily",
        _ change: (inout ExportDefinition) throws -> Void = { _ in }
    ) throws -> ExportDefinition {
        let zone = try #require(Zone("Europe/Brussels"))
        let hour = try #require(TimeOfDay(hour: 3, minute: 0))
        var definition = ExportDefinition(
            name: name,
            pair: pair,
            table: table.id,
            transfer: Transfer(fileName: name, suffix: "_$yyyyMMdd_HHmm", location: location),
            recurrence: try #require(Recurrence(.daily(at: hour), in: zone))
        )
        definition.firstRun = .everything
        if let kind = pair.facts.exportType.rowKind {
            definition.table = nil
            definition.customTable = try customTable(kind, of: table).id
        }
        try change(&definition)
        return definition
    }

    /// Makes and activates an export.
    func export(_ definition: ExportDefinition) async throws -> ExportID {
        let context = context
        return try await database.write { [store] transaction in
            let export = try store.create(definition, by: context, in: transaction)
            try store.activate(export.id, by: context, in: transaction)
            return export.id
        }
    }

    /// Enqueues an execution and runs it once.
    @discardableResult
    func execute(
        _ export: ExportID,
        _ failpoints: Failpoints = .none,
        on node: Database? = nil
    ) async throws -> TaskRecord {
        let context = context
        let task = try await database.write { [store] transaction in
            try #require(try store.runNow(export, by: context, in: transaction))
        }
        return try await attempt(task, failpoints, on: node)
    }

    /// Runs a task once more.
    @discardableResult
    func attempt(
        _ task: TaskID,
        _ failpoints: Failpoints = .none,
        on node: Database? = nil
    ) async throws -> TaskRecord {
        #expect(try await worker(failpoints, on: node).run(task, of: workspace))
        return try await record(task)
    }

    func record(_ task: TaskID) async throws -> TaskRecord {
        let workspace = workspace
        return try await database.read { try TaskStore(workspace).task(task, in: $0) }
    }

    func runs(of export: ExportID) async throws -> [ExportRun] {
        try await database.read { [store] in try store.runs(of: export, in: $0) }
    }

    /// What a delivered file holds.
    func text(_ name: String) throws -> String {
        try String(contentsOfFile: folder.path("out/\(name)"), encoding: .utf8)
    }

    /// The names of delivered files, without manifests.
    func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path("out")).sorted()
            .filter { !$0.hasSuffix(Manifest.suffix) }
    }

    /// The text of an export's latest file.
    func latest(_ export: ExportID) async throws -> String {
        let run = try #require(try await runs(of: export).first)
        return try text(run.fileName)
    }

    /// Executes an export, and gives its file's text.
    func file(_ export: ExportID) async throws -> String {
        let task = try await execute(export)
        #expect(task.status == .completed, "\(task.outcome ?? task.failure ?? "")")
        return try await latest(export)
    }

    func verify() throws -> ExportVerifier.Report {
        try ExportVerifier().verify(folder: folder.path("out"))
    }
}

/// Keeps the mails that it is given.
final class RecordingMailer: ReportMailer {
    private let sent = Recorded()

    private actor Recorded {
        var mails: [(subject: String, text: String, recipients: [String])] = []

        func add(_ subject: String, _ text: String, _ recipients: [String]) {
            mails.append((subject, text, recipients))
        }
    }

    func send(subject: String, text: String, to recipients: [String]) async throws {
        await sent.add(subject, text, recipients)
    }

    var mails: [(subject: String, text: String, recipients: [String])] {
        get async { await sent.mails }
    }
}
