// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Common
import Database
import Exports
import Foundation
import Imports
import Millrace
import Tasks
import TestSupport
import Testing

@testable import MillraceCommand

/// A lived-in installation moves between engines and goes on as if nothing had been
/// (docs/operating.md, "Moving to PostgreSQL").
@Suite(.serialized) struct MoveTests {
    @Test(.timeLimit(.minutes(30)))
    func `imports, sends and export chains go on behind a move to a server and back`() async throws
    {
        let demo = try await DemoRun.make(.file)
        try await demo.seal("relay", "a password")
        let first = try demo.verify()
        #expect(first.gap == nil)
        let last = try await demo.lastProfile()
        let place = try TestEngine.postgres.place(migrations: MillraceSchema.migrations)
        let server = Configuration(
            database: place.address,
            dataFolder: demo.folder.path("server-data")
        )
        let outcome = try await demo.move(to: server)
        #expect(outcome.isComplete)
        #expect(outcome.tables.allSatisfy { $0.isEqual })
        #expect(outcome.spoolFiles > 0)
        #expect(outcome.otherFiles > 0)
        #expect(outcome.tables.contains { $0.table == "p1_1" && $0.rows > 1_900 })

        let moved = try await demo.session(on: server)
        try await moved.liveOn(round: 2)
        #expect(try await moved.firstProfile(above: last) > last)
        #expect(try await moved.secret("relay") == "a password")
        #expect(throws: DatabaseError.movedAway(to: "\(place.address)")) {
            _ = try Installation(demo.installation.configuration)
        }

        let back = try Configuration(
            address: "sqlite:\(demo.folder.path("back.db"))",
            environment: [:]
        )
        let returned = try await moved.move(to: back)
        #expect(returned.isComplete)
        let home = try await moved.session(on: back)
        try await home.liveOn(round: 3)
        let epoch = try await home.database.read { try ChangeClock.standing(in: $0).epoch }
        #expect(epoch == 3)
    }

    /// Every place at which a move can be cut, but those of pages and tables besides profiles.
    private static let points = [
        "move.frozen", "move.received", "move.page.p1_1", "move.table.p1_1", "move.copied",
        "move.spool.sealed-export", "move.verified", "move.opened", "move.ended",
    ]

    @Test(.timeLimit(.minutes(30)))
    func `a move that was cut anywhere is repeated, from file to server to file`() async throws {
        let demo = try await DemoRun.make(.file)
        var session = demo.session
        // A database on the server goes with its place.
        var places: [DatabasePlace] = []
        for (offset, point) in Self.points.enumerated() {
            let place = try TestEngine.postgres.place(migrations: MillraceSchema.migrations)
            let isToServer = offset.isMultiple(of: 2)
            let path = demo.folder.path("\(offset).db")
            let target = Configuration(
                database: isToServer ? place.address : .sqlite(path: path),
                dataFolder: path + "-data"
            )
            let recorder = FailpointRecorder()
            recorder.arm(point)
            await #expect(throws: SimulatedCrash(name: point)) {
                try await session.move(to: target, recorder.failpoints)
            }
            let outcome = try await session.move(to: target)
            let unequal = outcome.tables.filter { !$0.isEqual }
            try #require(outcome.isComplete, "\(point): \(unequal)")
            session = try await session.session(on: target)
            try await session.liveOn(round: offset + 2)
            places.append(place)
        }
        withExtendedLifetime(places) {}
    }

    @Test func `another key in the target's folder is refused before anything is frozen`()
        async throws
    {
        let demo = try await DemoRun.make(.file)
        try await demo.seal("relay", "a password")
        let other = try Configuration(
            address: "sqlite:\(demo.folder.path("other.db"))",
            environment: [:]
        )
        try FileManager.default.createDirectory(
            atPath: other.dataFolder,
            withIntermediateDirectories: true
        )
        _ = try SecretKey(file: other.keyFile)
        await #expect(throws: MoveError.otherKey(path: other.keyFile)) {
            try await demo.move(to: other)
        }
        _ = try Installation(demo.installation.configuration)
    }

    @Test func `a workspace moves into an installation that has another one`() async throws {
        let demo = try await DemoRun.make(.file)
        let place = try TestEngine.postgres.place(migrations: MillraceSchema.migrations)
        let server = Configuration(
            database: place.address,
            dataFolder: demo.folder.path("server-data")
        )
        let host = try Installation(server)
        try await host.database.write { transaction in
            // Number 1 is given out by the source.
            _ = try transaction.allocate(
                1,
                IDKind(rawValue: "workspace"),
                in: WorkspaceID(0)
            )
            _ = try host.createWorkspace("Host", technicalName: "host", by: "x", in: transaction)
        }
        try host.database.close()
        let outcome = try await demo.move(to: server, workspace: "main")
        #expect(outcome.isComplete)
        #expect(outcome.spoolFiles > 0)
        try await demo.session(on: server, named: "main").liveOn(round: 2)
        let left = try Installation(demo.installation.configuration)
        let names = try await left.database.read { try WorkspaceStore().all(in: $0) }
        #expect(names.isEmpty)
        let made = try await left.workspace(named: nil, by: "test")
        #expect(made.id != WorkspaceID(1))
    }
}

extension DemoRun {
    fileprivate func move(
        to target: Configuration,
        _ failpoints: Failpoints = .none,
        workspace: String? = nil
    ) async throws -> InstallationMove.Outcome {
        try await session.move(to: target, failpoints, workspace: workspace)
    }

    fileprivate func session(
        on target: Configuration,
        named name: String? = nil
    ) async throws
        -> Session
    {
        try await session.session(on: target, named: name)
    }

    fileprivate func verify() throws -> ExportVerifier.Report { try session.verify() }
    fileprivate func lastProfile() async throws -> Int64 { try await session.lastProfile() }

    fileprivate func seal(_ name: String, _ text: String) async throws {
        let store = SecretStore(
            session.workspace.id,
            key: try SecretKey(file: installation.configuration.keyFile)
        )
        let context = context
        try await database.write { transaction in
            try store.set(name, to: Secret(text), by: context, in: transaction)
        }
    }
}

extension Session {
    fileprivate var database: Database { installation.database }

    fileprivate func move(
        to target: Configuration,
        _ failpoints: Failpoints = .none,
        workspace: String? = nil
    ) async throws -> InstallationMove.Outcome {
        // The worker of the tests' own process was alive just now.
        let source = installation.configuration
        return try await database.blocking {
            try InstallationMove(
                from: source,
                to: target,
                workspace: workspace,
                failpoints: failpoints
            ).run(isForced: true)
        }
    }

    fileprivate func session(
        on target: Configuration,
        named name: String? = nil
    ) async throws
        -> Session
    {
        let installation = try Installation(target)
        return Session(
            installation: installation,
            workspace: try await installation.workspace(named: name, by: "test"),
            actor: "test",
            source: .fileImport,
            output: Output(isJSON: true)
        )
    }

    /// An import with its send and all exports, and that everything adds up afterwards.
    fileprivate func liveOn(round: Int) async throws {
        let mails = try outboxFiles()
        let sentBefore = try await sent()
        let folder = "\(transferbox)/incoming"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        try Data(Scenario.people((round * 100)..<(round * 100 + 60), round: round).utf8)
            .write(to: URL(fileURLWithPath: "\(folder)/people-\(round).csv"))
        try await runImport()
        try await runExports()
        let report = try verify()
        #expect(report.gap == nil, "\(report)")
        let created = try manifests("profile.created")
        #expect(created.map(\.seq) == Array(1...Int64(created.count)))
        let profiles: Int64? = try await database.read {
            try $0.value("SELECT count(*) FROM p1_1")
        }
        #expect(created.reduce(0) { $0 + $1.rows } == profiles)
        let after = try outboxFiles()
        #expect(try await Int64(after.count - mails.count) == sent() - sentBefore)
        #expect(after.isSuperset(of: mails))
        #expect(after.count > mails.count)
        let twice = try await database.read {
            try $0.rows(
                """
                SELECT send_id FROM interaction GROUP BY send_id, profile_id HAVING count(*) > 1
                """
            )
        }
        #expect(twice.isEmpty)
    }

    private func sent() async throws -> Int64 {
        try await database.read {
            try $0.value("SELECT count(*) FROM interaction WHERE state = 'sent'") ?? 0
        }
    }

    private func runImport() async throws {
        let context = context
        let workspace = workspace.id
        let task = try await database.write { transaction in
            let store = AutomatedImportStore(workspace)
            let automated = try store.find(named: DemoSetUp.importName, in: transaction)
            return try store.runNow(automated.id, by: context, in: transaction)
        }
        _ = try await TaskWatch(session: self).see(task)
    }

    private func runExports() async throws {
        let context = context
        let store = ExportStore(workspace.id, locations: installation.locations)
        let tasks = try await database.write { transaction in
            try store.all(in: transaction).compactMap { export in
                try store.runNow(export.id, by: context, in: transaction)
            }
        }
        for task in tasks {
            let ended = try await TaskWatch(session: self).see(task)
            #expect(ended.failure == nil)
        }
    }

    fileprivate func verify() throws -> ExportVerifier.Report {
        try ExportVerifier().verify(folder: transferbox)
    }

    private func manifests(_ pair: String) throws -> [Manifest] {
        try FileManager.default.contentsOfDirectory(atPath: transferbox)
            .filter { $0.hasPrefix("\(pair)-") && $0.hasSuffix(Manifest.suffix) }
            .map { name in
                try JSONText.decode(
                    Manifest.self,
                    from: try String(contentsOfFile: "\(transferbox)/\(name)", encoding: .utf8)
                )
            }.sorted { $0.seq < $1.seq }
    }

    private func outboxFiles() throws -> Set<String> {
        Set(Scratch.files(below: installation.configuration.outboxFolder))
    }

    private var transferbox: String {
        "\(installation.configuration.transferboxFolder)/\(workspace.id)"
    }

    fileprivate func lastProfile() async throws -> Int64 {
        try await database.read { try $0.value("SELECT max(id) FROM p1_1") ?? 0 }
    }

    /// The lowest id of the profiles of the epoch of this installation.
    fileprivate func firstProfile(above last: Int64) async throws -> Int64 {
        let epoch = try await database.read { try ChangeClock.standing(in: $0).epoch }
        return try await database.read {
            try $0.value(
                "SELECT min(id) FROM p1_1 WHERE created_stamp >= $1",
                [Stamp(epoch: epoch, number: 0)]
            ) ?? 0
        }
    }

    fileprivate func secret(_ name: String) async throws -> String? {
        let store = SecretStore(
            workspace.id,
            key: try SecretKey(file: installation.configuration.keyFile)
        )
        return try await database.read { try store.secret(name, in: $0)?.reveal() }
    }
}
