// SPDX-License-Identifier: Apache-2.0
import Common
import TestSupport
import Testing

@testable import Files

/// What every kind of server has to do, against real ones.
struct RemoteAccessTests {
    static let all: [FileServer.Kind] = [.sshd, .sftp, .ftps, .implicitFTPS]
    static let kinds: [FileServer.Kind] = [.sshd, .ftps]

    @Test(arguments: all)
    func `a file is put, listed, fetched, moved and deleted`(kind: FileServer.Kind) throws {
        let world = try RemoteWorld(kind)
        let access = try world.access(kind)
        let content = tableBytes(count: 3_000_000, seed: 1)
        let source = try world.folder.write(content, to: "source")
        try access.put(from: source, to: "out/é \"1\" 'b'.csv")
        #expect(try world.names("out") == ["é \"1\" 'b'.csv"])
        #expect(try world.read("out/é \"1\" 'b'.csv") == content)
        let listed = try access.list(folder: "out")
        #expect(listed.map(\.name) == ["é \"1\" 'b'.csv"])
        #expect(listed.map(\.size) == [3_000_000])
        #expect(try world.fetch("out/é \"1\" 'b'.csv", access) == content)
        try access.move("out/é \"1\" 'b'.csv", to: "out/processed/a b.csv")
        #expect(try world.names("out/processed") == ["a b.csv"])
        #expect(try access.exists("out/processed/a b.csv"))
        try access.delete("out/processed/a b.csv")
        try access.delete("out/processed/a b.csv")
        #expect(try !access.exists("out/processed/a b.csv"))
        #expect(try world.names("out/processed") == [])
    }

    @Test(arguments: kinds)
    func `a listing has the files alone, with length and moment`(kind: FileServer.Kind) throws {
        let world = try RemoteWorld(kind)
        try world.write([1, 2, 3], to: "in/b.csv")
        try world.write([], to: "in/a.csv")
        try world.write([1], to: "in/-rw x.csv.done")
        try world.write([1], to: "in/folder.csv/c.csv")
        let access = try world.access(kind)
        let listed = try access.list(folder: "in")
        #expect(listed.map(\.name) == ["-rw x.csv.done", "a.csv", "b.csv"])
        #expect(listed.map(\.size) == [1, 0, 3])
        let local = try FolderAccess(root: world.server.root).list(folder: "in")
        #expect(listed.map(\.modified.seconds) == local.map(\.modified.seconds))
        #expect(try access.list(folder: "").isEmpty)
    }

    @Test(arguments: kinds)
    func `a file that is there is replaced, and no name is left beside`(
        kind: FileServer.Kind
    ) throws {
        let world = try RemoteWorld(kind)
        try world.write([1, 2, 3], to: "a.csv")
        let access = try world.access(kind)
        try access.putData([4, 5], to: "a.csv")
        #expect(try world.read("a.csv") == [4, 5])
        try access.putData([], to: "a.csv")
        #expect(try world.read("a.csv") == [])
        #expect(try world.names() == ["a.csv"])
    }

    @Test(arguments: kinds)
    func `what an earlier put left is removed by the next`(kind: FileServer.Kind) throws {
        let world = try RemoteWorld(kind)
        let stop = Failpoints { name in
            if name == "put.written" { throw CutOff() }
        }
        let first = try world.access(kind, failpoints: stop)
        #expect(throws: CutOff.self) { try first.putData([1, 2], to: "a.csv") }
        let hash = ContentHash(of: Array("a.csv".utf8)).sha256.prefix(16)
        try world.write([9], to: ".\(hash)-dead.part")
        try world.write([9], to: ".other-dead.part")
        let second = try world.access(kind, token: 8)
        try second.putData([1, 2], to: "a.csv")
        #expect(try world.names() == [".other-dead.part", "a.csv"])
    }

    @Test(arguments: kinds)
    func `a path cannot leave the location`(kind: FileServer.Kind) throws {
        let world = try RemoteWorld(kind)
        try world.write([1], to: "in/a.csv")
        let access = try world.access(kind, path: "in")
        #expect(try access.list(folder: "").map(\.name) == ["a.csv"])
        for path in ["../x", "/etc/passwd", "a/../../x"] {
            #expect(throws: FilesError.outside(path: path)) { try access.exists(path) }
            #expect(throws: FilesError.outside(path: path)) { try access.putData([], to: path) }
            #expect(throws: FilesError.outside(path: path)) { try access.move("a.csv", to: path) }
        }
        for path in ["a\r\nDELE a.csv", "a\nb", "a\0b", ""] {
            #expect(throws: FilesError.badName(path)) { try access.delete(path) }
        }
        #expect(try world.names("in") == ["a.csv"])
    }

    @Test(arguments: kinds)
    func `what is missing or taken is named`(kind: FileServer.Kind) throws {
        let world = try RemoteWorld(kind)
        try world.write([1], to: "a.csv")
        try world.write([2], to: "b.csv")
        let access = try world.access(kind)
        #expect(throws: FilesError.noSuchFile("x.csv")) { try world.fetch("x.csv", access) }
        #expect(throws: FilesError.noSuchFile("x.csv")) { try access.move("x.csv", to: "y.csv") }
        #expect(throws: FilesError.exists("b.csv")) { try access.move("a.csv", to: "b.csv") }
        #expect(try world.read("b.csv") == [2])
        #expect(world.failure { _ = try access.list(folder: "none") }.contains("none"))
    }

    @Test func `a server without machine-readable listings is listed name by name`() throws {
        let world = try RemoteWorld(.plainFTPS)
        try world.write([1, 2, 3], to: "in/a b.csv")
        try world.write([1], to: "in/folder/c.csv")
        let listed = try world.access(.plainFTPS).list(folder: "in")
        #expect(listed.map(\.name) == ["a b.csv"])
        #expect(listed.map(\.size) == [3])
        let local = try FolderAccess(root: world.server.root).list(folder: "in")
        #expect(listed.map(\.modified.seconds) == local.map(\.modified.seconds))
    }

    @Test func `TLS 1.3 is spoken when a location asks for it`() throws {
        let world = try RemoteWorld(.ftps)
        let access = try world.access(.ftps, settings: ["tls": "1.3"])
        for number in 1...3 { try access.putData([1, 2], to: "in/\(number).csv") }
        #expect(try access.list(folder: "in").map(\.name) == ["1.csv", "2.csv", "3.csv"])
        #expect(try world.fetch("in/3.csv", access) == [1, 2])
    }

    @Test(arguments: kinds)
    func `an absolute path begins at the server's root`(kind: FileServer.Kind) throws {
        let world = try RemoteWorld(kind)
        let path = world.server.isLocked ? "/abs" : world.server.root + "/abs"
        try world.write([1], to: "abs/a.csv")
        let access = try world.access(kind, path: path)
        #expect(try access.list(folder: "").map(\.name) == ["a.csv"])
        try access.putData([2], to: "b.csv")
        #expect(try world.names("abs") == ["a.csv", "b.csv"])
    }
}

struct CutOff: Error {}
