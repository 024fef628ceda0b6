// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Foundation
import TestSupport
import Testing

@testable import Files

struct LocationStoreTests {
    @Test(arguments: TestEngine.allCases)
    func `locations are stored per workspace, the transferbox first`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let location = Location.folder(path: world.folder("in"))
        let record = try world.create("feeds", location, world.here)
        #expect(try world.create("feeds", location, world.there).id == record.id)
        #expect(try world.list(world.here).map(\.name) == ["transferbox", "feeds"])
        let found = try world.database.readBlocking { connection in
            try world.store.find(record.id, world.here.workspace, in: connection)
        }
        #expect(found == record)
        #expect(found.location == location)
        let named = try world.database.readBlocking { connection in
            try world.store.find(named: "feeds", world.here.workspace, in: connection)
        }
        #expect(named == record)
    }

    @Test(arguments: TestEngine.allCases)
    func `a name stands once in a workspace`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let location = Location.folder(path: world.folder("in"))
        _ = try world.create("feeds", location, world.here)
        let other = try world.create("others", location, world.here)
        #expect(throws: FilesError.locationNameTaken("feeds")) {
            try world.create("feeds", location, world.here)
        }
        #expect(throws: FilesError.locationNameTaken("feeds")) {
            try world.update(other.id, "feeds", location)
        }
        #expect(throws: FilesError.locationNameTaken("transferbox")) {
            try world.create("transferbox", location, world.here)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `of two locations that take one name at once one is made`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let location = Location.folder(path: world.folder("in"))
        let (store, here) = (world.store, world.here)
        let results = await engine.atOnce(on: world.database) { _, transaction in
            _ = try store.create("feeds", location, context: here, in: transaction)
        }
        #expect(results.successes == 1)
        #expect(results.failures == [FilesError.locationNameTaken("feeds").description])
        #expect(try world.list(world.here).count == 2)
    }

    @Test(arguments: TestEngine.allCases)
    func `a location can be changed and removed`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let record = try world.create("feeds", .folder(path: world.folder("in")), world.here)
        try world.update(record.id, "files", .folder(path: world.folder("new")))
        #expect(try world.list(world.here).last?.name == "files")
        #expect(try world.list(world.here).last?.location == .folder(path: world.folder("new")))
        try world.database.writeBlocking {
            try world.store.delete(record.id, context: world.here, in: $0)
        }
        #expect(try world.list(world.here).map(\.id) == [.transferbox])
        #expect(throws: FilesError.noSuchLocation("1")) {
            try world.database.writeBlocking {
                try world.store.delete(record.id, context: world.here, in: $0)
            }
        }
        #expect(throws: FilesError.noSuchLocation("1")) {
            try world.update(record.id, "x", .folder(path: world.folder("new")))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `the transferbox is found but neither changed nor removed`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let box = try world.database.readBlocking { connection in
            try world.store.find(.transferbox, world.here.workspace, in: connection)
        }
        #expect(box.location == .transferbox)
        #expect(throws: FilesError.builtIn("transferbox")) {
            try world.update(.transferbox, "x", .folder(path: world.folder("in")))
        }
        #expect(throws: FilesError.builtIn("transferbox")) {
            try world.database.writeBlocking {
                try world.store.delete(.transferbox, context: world.here, in: $0)
            }
        }
        #expect(throws: FilesError.builtIn("transferbox")) {
            try world.create("second", .transferbox, world.here)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a location of another workspace does not exist`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let record = try world.create("feeds", .folder(path: world.folder("in")), world.here)
        #expect(throws: FilesError.noSuchLocation("1")) {
            try world.database.readBlocking {
                try world.store.find(record.id, world.there.workspace, in: $0)
            }
        }
        #expect(throws: FilesError.noSuchLocation("feeds")) {
            try world.database.readBlocking {
                try world.store.find(named: "feeds", world.there.workspace, in: $0)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `unknown kinds and wrong settings are refused`(_ engine: TestEngine) throws {
        let world = try World(engine)
        #expect(throws: FilesError.unknownKind("tape")) {
            try world.create("x", Location(kind: "tape"), world.here)
        }
        for path in ["relative", "", "/a/../b", world.folder("boxes/1"), world.folder.path, "/"] {
            #expect(throws: FilesError.self) {
                try world.create("x", .folder(path: path), world.here)
            }
        }
        #expect(throws: FilesError.self) {
            try world.create("x", Location(kind: "folder"), world.here)
        }
        #expect(try world.list(world.here).count == 1)
    }

    @Test(arguments: TestEngine.dialects)
    func `an operator names the folders below which locations may lie`(_ engine: TestEngine) throws
    {
        let world = try World(engine)
        try world.folder.write([], to: "allowed/in/x")
        try world.folder.write([], to: "other/x")
        try world.folder.link("allowed/link", to: world.folder("other"))
        let kind = FolderKind(allowedRoots: [world.folder("allowed")])
        try kind.check(.folder(path: world.folder("allowed/in")))
        for name in ["other", "allowed/link", "allowed-not"] {
            #expect(throws: FilesError.self) { try kind.check(.folder(path: world.folder(name))) }
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `each workspace has a transferbox for the owner alone`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let mine = try world.store.access(for: .transferbox, workspace: world.here.workspace)
        let theirs = try world.store.access(for: .transferbox, workspace: world.there.workspace)
        try mine.putData([1], to: "a.csv")
        #expect(try theirs.list(folder: "").isEmpty)
        #expect(throws: FilesError.outside(path: "../1/a.csv")) { try theirs.exists("../1/a.csv") }
        #expect(try world.folder.permissions("boxes/1") == 0o700)
        #expect(try world.folder.permissions("boxes/1/a.csv") == 0o600)
    }

    @Test(arguments: TestEngine.dialects)
    func `a transferbox is cleaned of old files in all its folders`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let box = try world.store.access(for: .transferbox, workspace: world.here.workspace)
        for name in ["old.csv", "sub/old.csv", "new.csv"] { try box.putData([1], to: name) }
        let now = Instant(seconds: 1_700_000_000)
        let old = Date(timeIntervalSince1970: 1_700_000_000 - 5 * 86_400 - 1)
        try world.folder.age("boxes/1/old.csv", to: old)
        try world.folder.age("boxes/1/sub/old.csv", to: old)
        try world.folder.age("boxes/1/new.csv", to: old.addingTimeInterval(2))
        let removed = try world.store.transferboxes.removeFiles(
            now: now,
            workspace: world.here.workspace
        )
        #expect(removed == ["old.csv", "sub/old.csv"])
        #expect(try world.folder.names("boxes/1") == ["new.csv", "sub"])
        #expect(
            try world.store.transferboxes.removeFiles(now: now, workspace: world.there.workspace)
                .isEmpty
        )
    }
}

/// A database with locations, and a folder for them.
private struct World {
    let folder: TemporaryFolder
    let store: LocationStore
    let database: Database
    let here = Context(
        workspace: WorkspaceID(1),
        actor: "ann",
        source: .api,
        moment: Instant(seconds: 1_000)
    )
    let there = Context(
        workspace: WorkspaceID(2),
        actor: "bob",
        source: .api,
        moment: Instant(seconds: 1_000)
    )

    init(_ engine: TestEngine) throws {
        folder = try TemporaryFolder()
        store = LocationStore(transferboxRoot: folder("boxes"))
        database = try engine.open(migrations: FilesSchema.migrations)
    }

    func create(
        _ name: String,
        _ location: Location,
        _ context: Context
    ) throws
        -> LocationRecord
    {
        try database.writeBlocking {
            try store.create(name, location, context: context, in: $0)
        }
    }

    func update(_ id: LocationID, _ name: String, _ location: Location) throws {
        try database.writeBlocking {
            try store.update(id, name: name, location, context: here, in: $0)
        }
    }

    func list(_ context: Context) throws -> [LocationRecord] {
        try database.readBlocking { try store.list(context.workspace, in: $0) }
    }
}
