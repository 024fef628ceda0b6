// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Exports
import Files
import Foundation
import Tasks
import TestSupport
import Testing

/// Files of several exports that want one name.
@Suite struct FileNameTests {
    @Test(arguments: TestEngine.dialects)
    func `a name that one export has settled is not another's, though no file stands there yet`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let pair = try await world.twoOfOneName()
        let task = try await world.execute(pair.people, Crash.at("export.named"))
        #expect(try await world.execute(pair.deletions).status == .completed)
        world.time.advance(by: .seconds(61))
        #expect(try await world.attempt(task.id).status == .completed)
        #expect(try world.files() == ["fixed-1.txt", "fixed.txt"])
        #expect(try world.text("fixed.txt").hasPrefix("profileId;"))
        #expect(try world.text("fixed-1.txt").hasPrefix("dataCollectionMoment;"))
        #expect(try world.verify().gap == nil)
    }

    @Test(arguments: TestEngine.dialects)
    func `the name of a file that was fetched stays its own as long as it can be delivered again`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let pair = try await world.twoOfOneName()
        let text = try await world.file(pair.people)
        try world.clearFolder()
        _ = try await world.file(pair.deletions)
        #expect(try world.files() == ["fixed-1.txt"])
        #expect(try await world.deliverAgain(pair.people).status == .completed)
        #expect(try world.text("fixed.txt") == text)
        try world.clearFolder()
        world.time.advance(by: .days(6))
        try ExportRetention(world.workspace, spool: world.services.spool)
            .removeFiles(from: world.database)
        _ = try await world.file(pair.deletions)
        #expect(try world.files() == ["fixed.txt"])
    }

    @Test(arguments: TestEngine.dialects)
    func `nothing is delivered again to a location where another export's file has the name`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let pair = try await world.twoOfOneName()
        _ = try await world.file(pair.people)
        let elsewhere = try await world.secondLocation()
        try await world.move(pair.deletions, to: elsewhere)
        _ = try await world.execute(pair.deletions)
        let path = world.folder.path("second/fixed.txt")
        let before = try String(contentsOfFile: path, encoding: .utf8)
        try await world.move(pair.people, to: elsewhere)
        let task = try await world.deliverAgain(pair.people)
        #expect(task.status == .fatal)
        #expect("\(task.outcome ?? "") \(task.failure ?? "")".contains("fixed.txt is the name"))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == before)
    }
}

extension World {
    /// Two exports whose files are named alike.
    fileprivate func twoOfOneName() async throws -> (people: ExportID, deletions: ExportID) {
        let table = try await table()
        try await create(["userId": "ann"], in: table)
        let transfer = Transfer(fileName: "fixed.txt", location: location)
        let people = try await export(
            try definition(.profileCreated, table, name: "people") { $0.transfer = transfer }
        )
        let deletions = try await export(
            try definition(.profileChangesDeleted, table, name: "gone") { $0.transfer = transfer }
        )
        return (people, deletions)
    }

    /// The receiver takes everything away.
    fileprivate func clearFolder() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path("out")) {
            try FileManager.default.removeItem(atPath: folder.path("out/\(name)"))
        }
    }

    fileprivate func secondLocation() async throws -> LocationID {
        try FileManager.default.createDirectory(
            atPath: folder.path("second"),
            withIntermediateDirectories: true
        )
        let (locations, context) = (services.locations, context)
        let place = Location(kind: "folder", settings: ["path": folder.path("second")])
        return try await database.write { transaction in
            try locations.create("second", place, context: context, in: transaction).id
        }
    }

    fileprivate func move(_ export: ExportID, to location: LocationID) async throws {
        let (store, context) = (store, context)
        try await database.write { transaction in
            var definition = try store.export(export, in: transaction).definition
            definition.transfer.location = location
            _ = try store.update(export, definition, by: context, in: transaction)
        }
    }

    fileprivate func deliverAgain(_ export: ExportID) async throws -> TaskRecord {
        let (store, context) = (store, context)
        let task = try await database.write { transaction in
            try #require(try store.deliverAgain(export, seq: 1, by: context, in: transaction))
        }
        return try await attempt(task)
    }
}
