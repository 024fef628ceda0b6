// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Foundation
import Testing

@testable import Files

struct LocationStoreTests {
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

    init() throws {
        folder = try TemporaryFolder()
        store = LocationStore(transferboxRoot: folder("boxes"))
        database = try Database(.memory, migrations: FilesSchema.migrations)
    }

    @Test func `locations are stored per workspace, the transferbox first`() throws {
        let location = Location.folder(path: folder("in"))
        let record = try create("feeds", location, here)
        #expect(try create("feeds", location, there).id == record.id)
        #expect(try list(here).map(\.name) == ["transferbox", "feeds"])
        let found = try database.readBlocking { connection in
            try store.find(record.id, here.workspace, in: connection)
        }
        #expect(found == record)
        #expect(found.location == location)
        let named = try database.readBlocking { connection in
            try store.find(named: "feeds", here.workspace, in: connection)
        }
        #expect(named == record)
    }

    @Test func `a name stands once in a workspace`() throws {
        let location = Location.folder(path: folder("in"))
        _ = try create("feeds", location, here)
        let other = try create("others", location, here)
        #expect(throws: FilesError.locationNameTaken("feeds")) {
            try create("feeds", location, here)
        }
        #expect(throws: FilesError.locationNameTaken("feeds")) {
            try update(other.id, "feeds", location)
        }
        #expect(throws: FilesError.locationNameTaken("transferbox")) {
            try create("transferbox", location, here)
        }
    }

    @Test func `a location can be changed and removed`() throws {
        let record = try create("feeds", .folder(path: folder("in")), here)
        try update(record.id, "files", .folder(path: folder("new")))
        #expect(try list(here).last?.name == "files")
        #expect(try list(here).last?.location == .folder(path: folder("new")))
        try database.writeBlocking { try store.delete(record.id, context: here, in: $0) }
        #expect(try list(here).map(\.id) == [.transferbox])
        #expect(throws: FilesError.noSuchLocation("1")) {
            try database.writeBlocking { try store.delete(record.id, context: here, in: $0) }
        }
        #expect(throws: FilesError.noSuchLocation("1")) {
            try update(record.id, "x", .folder(path: folder("new")))
        }
    }

    @Test func `the transferbox is found but neither changed nor removed`() throws {
        let box = try database.readBlocking { connection in
            try store.find(.transferbox, here.workspace, in: connection)
        }
        #expect(box.location == .transferbox)
        #expect(throws: FilesError.builtIn("transferbox")) {
            try update(.transferbox, "x", .folder(path: folder("in")))
        }
        #expect(throws: FilesError.builtIn("transferbox")) {
            try database.writeBlocking { try store.delete(.transferbox, context: here, in: $0) }
        }
        #expect(throws: FilesError.builtIn("transferbox")) {
            try create("second", .transferbox, here)
        }
    }

    @Test func `a location of another workspace does not exist`() throws {
        let record = try create("feeds", .folder(path: folder("in")), here)
        #expect(throws: FilesError.noSuchLocation("1")) {
            try database.readBlocking { try store.find(record.id, there.workspace, in: $0) }
        }
        #expect(throws: FilesError.noSuchLocation("feeds")) {
            try database.readBlocking { try store.find(named: "feeds", there.workspace, in: $0) }
        }
    }

    @Test func `unknown kinds and wrong settings are refused`() throws {
        #expect(throws: FilesError.unknownKind("tape")) {
            try create("x", Location(kind: "tape"), here)
        }
        for path in ["relative", "", "/a/../b", folder("boxes/1"), folder.path, "/"] {
            #expect(throws: FilesError.self) { try create("x", .folder(path: path), here) }
        }
        #expect(throws: FilesError.self) { try create("x", Location(kind: "folder"), here) }
        #expect(try list(here).count == 1)
    }

    @Test func `an operator names the folders below which locations may lie`() throws {
        try folder.write([], to: "allowed/in/x")
        try folder.write([], to: "other/x")
        try folder.link("allowed/link", to: folder("other"))
        let kind = FolderKind(allowedRoots: [folder("allowed")])
        try kind.check(.folder(path: folder("allowed/in")))
        for name in ["other", "allowed/link", "allowed-not"] {
            #expect(throws: FilesError.self) { try kind.check(.folder(path: folder(name))) }
        }
    }

    @Test func `each workspace has a transferbox for the owner alone`() throws {
        let mine = try store.access(for: .transferbox, workspace: here.workspace)
        let theirs = try store.access(for: .transferbox, workspace: there.workspace)
        try mine.putData([1], to: "a.csv")
        #expect(try theirs.list(folder: "").isEmpty)
        #expect(throws: FilesError.outside(path: "../1/a.csv")) { try theirs.exists("../1/a.csv") }
        #expect(try folder.permissions("boxes/1") == 0o700)
        #expect(try folder.permissions("boxes/1/a.csv") == 0o600)
    }

    @Test func `a transferbox is cleaned of old files in all its folders`() throws {
        let box = try store.access(for: .transferbox, workspace: here.workspace)
        for name in ["old.csv", "sub/old.csv", "new.csv"] { try box.putData([1], to: name) }
        let now = Instant(seconds: 1_700_000_000)
        let old = Date(timeIntervalSince1970: 1_700_000_000 - 5 * 86_400 - 1)
        try folder.age("boxes/1/old.csv", to: old)
        try folder.age("boxes/1/sub/old.csv", to: old)
        try folder.age("boxes/1/new.csv", to: old.addingTimeInterval(2))
        let removed = try store.transferboxes.removeFiles(now: now, workspace: here.workspace)
        #expect(removed == ["old.csv", "sub/old.csv"])
        #expect(try folder.names("boxes/1") == ["new.csv", "sub"])
        #expect(
            try store.transferboxes.removeFiles(now: now, workspace: there.workspace).isEmpty
        )
    }

    private func create(
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

    private func update(_ id: LocationID, _ name: String, _ location: Location) throws {
        try database.writeBlocking {
            try store.update(id, name: name, location, context: here, in: $0)
        }
    }

    private func list(_ context: Context) throws -> [LocationRecord] {
        try database.readBlocking { try store.list(context.workspace, in: $0) }
    }
}
