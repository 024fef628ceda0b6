// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Files
import Foundation
import Tasks
import TestSupport
import Testing

@testable import Exports

/// The files that attempts of an export make in the spool.
@Suite struct SpooledFileTests {
    @Test(arguments: TestEngine.dialects)
    func `an attempt that is late does not touch the file of another`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let ann = try await world.create(["userId": "ann"], in: table)
        let export = try await world.export(try world.definition(.profileCreated, table))
        try await world.execute(export, Crash.at("export.planned"))
        let planned = try #require(try await world.runs(of: export).first)
        let (store, services, database) = (world.store, world.services, world.database)
        let reading = try await database.read { connection in
            let record = try store.export(export, in: connection)
            return try RowReading(record, at: planned.plan.window.to.moment, in: connection)
        }
        func make(_ attempt: String) throws -> SpoolFile {
            let source = Production.Source(database: database, isLarge: false)
            let made = try Production.file(
                of: planned,
                by: attempt,
                reading,
                services,
                from: source
            ) { _ in }
            guard case .file(let file) = made else { throw Crash(name: "no file") }
            return file.packed.file
        }
        let sealed = try make("second")
        try await world.update(ann, ["points": "1"], in: table)
        let late = try make("first")
        #expect(late.sha256 != sealed.sha256)
        #expect(try services.spool.isIntact(sealed))
        try Production.removeLeftovers(of: planned, in: world.workspace, from: services.spool)
        #expect(try services.spool.names(of: .sealedExport) == [])
    }

    @Test(arguments: TestEngine.dialects)
    func `a kept file is forgotten only once it is gone`(_ engine: TestEngine) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let export = try await world.export(try world.definition(.profileCreated, table))
        try await world.execute(export)
        world.time.advance(by: .days(6))
        let file = try #require(try await world.runs(of: export).first?.sealed?.packed.file)
        try world.services.spool.remove(file)
        // What stands there now cannot be removed as a file.
        try FileManager.default.createDirectory(
            atPath: world.folder.path("spool/sealed-export/\(file.name)"),
            withIntermediateDirectories: true
        )
        let retention = ExportRetention(world.workspace, spool: world.services.spool)
        #expect(throws: FilesError.self) { try retention.removeFiles(from: world.database) }
        #expect(try await world.runs(of: export).map(\.isFileKept) == [true])
    }

    @Test(arguments: TestEngine.dialects)
    func `an attempt that has lost its lease leaves no file`(_ engine: TestEngine) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let export = try await world.export(try world.definition(.profileCreated, table))
        let losing = Failpoints { [database = world.database] name in
            guard name == "export.planned" else { return }
            try database.writeBlocking { transaction in
                try transaction.execute("UPDATE task SET lease = 'another' WHERE workspace_id = 1")
            }
        }
        let task = try await world.execute(export, losing)
        #expect(task.status == .executing)
        #expect(try world.services.spool.names(of: .sealedExport) == [])
    }
}
