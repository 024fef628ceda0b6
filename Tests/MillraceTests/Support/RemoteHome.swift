// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Common
import Database
import Exports
import Files
import Foundation
import Imports
import Millrace
import Tasks
import TestSupport
import Testing

/// An installation whose clock stands still, with a location on a real server.
final class RemoteHome: Sendable {
    let server: FileServer
    let proxy: CuttingProxy?
    let time = ManualTime()
    let installation: Installation
    let workspace: WorkspaceID
    let location: LocationID
    private let folder: TemporaryFolder
    private let place: DatabasePlace

    /// Starts a server with some traits, reached through a proxy that can cut connections or not, and
    /// gives the location what is right, unless told otherwise.
    init(
        _ kind: FileServer.Kind,
        traits: [FileServer.Trait] = [],
        through isThrough: Bool = false,
        secrets: [String: String]? = nil
    ) async throws {
        let server = try FileServer(kind, traits: traits)
        self.server = server
        proxy = isThrough ? try CuttingProxy(server) : nil
        try FileManager.default.createDirectory(
            atPath: "\(server.root)/in",
            withIntermediateDirectories: true
        )
        folder = try TemporaryFolder()
        place = try TestEngine.file.place(migrations: MillraceSchema.migrations)
        let installation = try Installation(
            Configuration(database: place.address, dataFolder: folder.path("data")),
            time: time
        )
        self.installation = installation
        workspace = try await installation.workspace(named: nil, by: "tester").id
        let made = try Self.location(kind, server, isThrough ? CuttingProxy.host : "127.0.0.1")
        let given = try secrets ?? Self.secrets(kind, server)
        let context = Context(
            workspace: workspace,
            actor: "tester",
            source: .automation,
            moment: time.now()
        )
        location = try await installation.database.write { transaction in
            try installation.locations.create(
                "partner",
                made,
                secrets: LocationSecrets(given),
                context: context,
                in: transaction
            ).id
        }
    }

    private static func location(
        _ kind: FileServer.Kind,
        _ server: FileServer,
        _ host: String
    ) throws -> Location {
        switch kind {
        case .sshd, .sftp:
            .sftp(host: host, port: server.port, user: server.user, hostKey: server.fingerprint)
        case .ftps, .implicitFTPS, .plainFTPS:
            .ftps(
                host: host,
                port: server.port,
                user: server.user,
                isImplicit: kind == .implicitFTPS,
                authority: try server.made("authority.pem")
            )
        }
    }

    private static func secrets(
        _ kind: FileServer.Kind,
        _ server: FileServer
    ) throws -> [String: String] {
        kind == .sshd
            ? ["privateKey": try server.made("user")] : ["password": FileServer.password]
    }

    var context: Context {
        Context(workspace: workspace, actor: "tester", source: .automation, moment: time.now())
    }

    private var store: ExportStore {
        ExportStore(workspace, locations: installation.locations)
    }

    /// Makes an export of new profiles and runs it once.
    func export() async throws -> TaskRecord {
        let (context, workspace, location, store) = (context, workspace, location, store)
        let hour = try #require(TimeOfDay(hour: 3, minute: 0))
        let recurrence = try #require(Recurrence(.daily(at: hour), in: .utc))
        let task = try await installation.database.write { transaction in
            let table = try ProfileTableStore(workspace).table(named: "profiles", in: transaction)
            var definition = ExportDefinition(
                name: "people",
                pair: .profileCreated,
                table: table.id,
                transfer: Transfer(fileName: "people", location: location),
                recurrence: recurrence
            )
            definition.firstRun = .everything
            let export = try store.create(definition, by: context, in: transaction)
            try store.activate(export.id, by: context, in: transaction)
            return try #require(try store.runNow(export.id, by: context, in: transaction))
        }
        return try await attempt(task)
    }

    /// Runs the export once more.
    func run() async throws -> TaskRecord {
        let (context, store) = (context, store)
        let task = try await installation.database.write { transaction in
            let export = try #require(try store.all(in: transaction).first)
            return try #require(try store.runNow(export.id, by: context, in: transaction))
        }
        return try await attempt(task)
    }

    /// Makes an automated import of the folder `in` and runs it once.
    func importFile(stablePause: Int64 = 0) async throws -> TaskRecord {
        let (context, workspace) = (context, workspace)
        let definition = AutomatedImportDefinition(
            name: "people \(time.now().seconds)",
            location: "partner",
            folder: "in",
            selector: try FileSelector(.expression(".*\\.csv"), choice: .newest),
            plan: ImportPlan(),
            recurrence: nil,
            aftermath: .move,
            stablePause: stablePause,
            watch: FeedWatch(isOn: false)
        )
        let task = try await installation.database.write { transaction in
            let store = AutomatedImportStore(workspace)
            let id = try store.create(definition, isActive: false, by: context, in: transaction).id
            return try store.runNow(id, by: context, in: transaction)
        }
        return try await attempt(task)
    }

    /// Runs a task once.
    func attempt(_ task: TaskID) async throws -> TaskRecord {
        #expect(try await installation.worker.run(task, of: workspace))
        let workspace = workspace
        return try await installation.database.read { connection in
            try TaskStore(workspace).task(task, in: connection)
        }
    }

    /// Trusts another key.
    func trust(_ key: String) async throws {
        let (context, location, locations) = (context, location, installation.locations)
        try await installation.database.write { transaction in
            try locations.trust(key, location, context: context, in: transaction)
        }
    }

    /// Changes settings.
    func change(_ body: @escaping @Sendable (inout [String: String]) -> Void) async throws {
        let (context, location, locations) = (context, location, installation.locations)
        try await installation.database.write { transaction in
            let present = try locations.find(location, context.workspace, in: transaction)
            var settings = present.location.settings
            body(&settings)
            try locations.update(
                location,
                name: present.name,
                Location(kind: present.location.kind, settings: settings),
                context: context,
                in: transaction
            )
        }
    }

    /// The names of the sealed secrets.
    func secretNames() async throws -> [String] {
        let key = try SecretKey(file: installation.configuration.keyFile)
        let store = SecretStore(workspace, key: key)
        return try await installation.database.read { try store.names(in: $0) }
    }

    /// All that the database's file and its log hold, as text.
    func everything() async throws -> String {
        guard case .sqlite(let path) = place.address else { return "" }
        return try ["", "-wal"].map { ending in
            String(
                decoding: try Data(contentsOf: URL(fileURLWithPath: path + ending)),
                as: Unicode.ASCII.self
            )
        }.joined()
    }

    /// Puts a file on the server.
    func drop(_ text: String, as name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(server.root)/\(name)"))
    }

    /// The names of what was delivered, hidden ones too.
    func delivered() throws -> [String] { try names("").filter { $0 != "in" } }

    /// The names in a folder of the server, hidden ones too.
    func names(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(server.root)/\(path)").sorted()
    }
}
