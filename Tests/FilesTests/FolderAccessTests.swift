// SPDX-License-Identifier: Apache-2.0
import Common
import Foundation
import TestSupport
import Testing

@testable import Files

struct FolderAccessTests {
    let folder: TemporaryFolder
    let access: FolderAccess

    init() throws {
        folder = try TemporaryFolder()
        try folder.write([], to: "location/.keep")
        try folder.write(Array("secret".utf8), to: "outside/secret.txt")
        access = FolderAccess(root: folder("location"))
    }

    @Test func `a file that is put can be listed, fetched, moved and deleted`() throws {
        let spool = try Spool(root: folder("spool"))
        let source = try folder.write(tableBytes(count: 2_500_000, seed: 2), to: "source")
        try access.put(from: source, to: "out/2026/orders.csv")
        #expect(try access.exists("out/2026/orders.csv"))
        let listed = try access.list(folder: "out/2026")
        #expect(listed.map(\.name) == ["orders.csv"])
        #expect(listed.map(\.size) == [2_500_000])

        try access.move("out/2026/orders.csv", to: "processed/orders.csv")
        #expect(try !access.exists("out/2026/orders.csv"))
        let writer = try spool.create(.fetched, name: "f")
        try access.fetch("processed/orders.csv", into: writer)
        let file = try writer.finish()
        #expect(try folder.read("spool/fetched/f") == folder.read("source"))
        #expect(file.bytes == 2_500_000)

        try access.delete("processed/orders.csv")
        try access.delete("processed/orders.csv")
        try access.delete("nowhere/orders.csv")
        #expect(try !access.exists("processed/orders.csv"))
        #expect(try !access.exists("processed/orders.csv/below"))
    }

    @Test func `a list holds files only, with the moment of their last change`() throws {
        try folder.write([1, 2], to: "location/b.csv")
        try folder.write([1], to: "location/a.csv")
        try folder.write([1], to: "location/sub/c.csv")
        try folder.age("location/b.csv", to: Date(timeIntervalSince1970: 1_700_000_000))
        let files = try access.list(folder: "")
        #expect(files.map(\.name) == [".keep", "a.csv", "b.csv"])
        #expect(files.last?.modified == Instant(seconds: 1_700_000_000))
        #expect(files.last?.size == 2)
        #expect(throws: FilesError.noSuchFile("none")) { try access.list(folder: "none") }
    }

    @Test(arguments: ["put.chunk", "put.written", "put.synced"])
    func `an interrupted put leaves nothing visible`(place: String) throws {
        struct Interruption: Error {}
        try folder.write(Array("old".utf8), to: "location/kept.csv")
        let source = try folder.write(tableBytes(count: 100, seed: 3), to: "source")
        let access = FolderAccess(
            root: folder("location"),
            failpoints: Failpoints { if $0 == place { throw Interruption() } }
        )
        #expect(throws: Interruption.self) { try access.put(from: source, to: "new.csv") }
        #expect(throws: Interruption.self) { try access.put(from: source, to: "kept.csv") }
        #expect(try folder.names("location") == [".keep", "kept.csv"])
        #expect(try folder.read("location/kept.csv") == Array("old".utf8))
    }

    @Test func `nobody sees a file before it is whole`() throws {
        let source = try folder.write(tableBytes(count: 3 << 20, seed: 4), to: "source")
        let path = folder("location")
        let access = FolderAccess(
            root: path,
            failpoints: Failpoints { _ in
                let names = try FileManager.default.contentsOfDirectory(atPath: path)
                #expect(names.allSatisfy { $0.hasPrefix(".") })
                #expect(names.contains { $0.hasSuffix(".part") })
            }
        )
        try access.put(from: source, to: "big.csv")
        #expect(try folder.names("location") == [".keep", "big.csv"])
    }

    @Test func `a put takes over what a crash left`() throws {
        let name = AtomicPut.temporaryName(for: "a.csv")
        try folder.write(Array("half of something longer".utf8), to: "location/\(name)")
        try access.putData(Array("whole".utf8), to: "a.csv")
        #expect(try folder.names("location") == [".keep", "a.csv"])
        #expect(try folder.read("location/a.csv") == Array("whole".utf8))
    }

    @Test func `two writers of one name do not mix`() throws {
        let access = access
        let nested = FolderAccess(
            root: folder("location"),
            failpoints: Failpoints { place in
                guard place == "put.written" else { return }
                #expect(throws: FilesError.beingWritten("a.csv")) {
                    try access.putData([2], to: "a.csv")
                }
            }
        )
        try nested.putData([1], to: "a.csv")
        #expect(try folder.read("location/a.csv") == [1])
    }

    @Test func `a put whose source is missing or no file leaves nothing`() throws {
        #expect(throws: FilesError.noSuchFile(folder("none"))) {
            try access.put(from: folder("none"), to: "a.csv")
        }
        #expect(throws: FilesError.self) { try access.put(from: folder("outside"), to: "a.csv") }
        #expect(try folder.names("location") == [".keep"])
    }

    @Test func `a move never replaces a file`() throws {
        try folder.write([1], to: "location/a")
        try folder.write([2], to: "location/b")
        #expect(throws: FilesError.exists("b")) { try access.move("a", to: "b") }
        #expect(throws: FilesError.exists("a")) { try access.move("a", to: "a") }
        #expect(throws: FilesError.noSuchFile("none")) { try access.move("none", to: "c") }
        #expect(try folder.read("location/a") == [1])
        #expect(try folder.read("location/b") == [2])
    }

    @Test func `a move that was cut off in the middle is completed by another`() throws {
        try folder.write([1], to: "location/a")
        try FileManager.default.linkItem(atPath: folder("location/a"), toPath: folder("location/b"))
        try access.move("a", to: "b")
        #expect(try folder.names("location") == [".keep", "b"])
    }

    @Test(arguments: [
        "/etc/passwd", "..", "../outside/secret.txt", "a/../../outside/secret.txt", "link",
        "links/secret.txt", "..\u{2F}\u{301}x", "\u{2F}\u{301}x",
    ])
    func `a path that leaves the location is refused`(path: String) throws {
        try folder.link("location/link", to: folder("outside/secret.txt"))
        try folder.link("location/links", to: "../outside")
        let spool = try Spool(root: folder("spool"))
        let writer = try spool.create(.fetched, name: "f")
        #expect(throws: FilesError.outside(path: path)) {
            try access.fetch(path, into: writer)
        }
        #expect(throws: FilesError.outside(path: path)) { try access.exists(path) }
        #expect(writer.count == 0)
        guard path != "link" else { return }
        #expect(throws: FilesError.outside(path: path)) { try access.putData([1], to: path) }
        #expect(throws: FilesError.outside(path: path)) { try access.delete(path) }
        #expect(throws: FilesError.outside(path: path)) { try access.move(path, to: "x") }
        #expect(throws: FilesError.outside(path: path)) { try access.move(".keep", to: path) }
        #expect(try folder.names("outside") == ["secret.txt"])
        #expect(try folder.read("outside/secret.txt") == Array("secret".utf8))
    }

    @Test func `a put or delete at a link that leads outside touches the link only`() throws {
        try folder.link("location/link", to: folder("outside/secret.txt"))
        try access.putData([1], to: "link")
        #expect(try folder.read("location/link") == [1])
        try folder.link("location/other", to: folder("outside/secret.txt"))
        try access.delete("other")
        #expect(try folder.read("outside/secret.txt") == Array("secret".utf8))
    }

    @Test func `links inside the location are followed and those outside not listed`() throws {
        try folder.write([1, 2, 3], to: "location/real/a.csv")
        try folder.link("location/inside.csv", to: "real/a.csv")
        try folder.link("location/short", to: "real")
        try folder.link("location/outside.csv", to: folder("outside/secret.txt"))
        try folder.link("location/nowhere.csv", to: "none")
        #expect(try access.list(folder: "").map(\.name) == [".keep", "inside.csv"])
        #expect(try access.list(folder: "").last?.size == 3)
        #expect(try access.list(folder: "short").map(\.name) == ["a.csv"])
        #expect(try access.exists("short/a.csv"))
        #expect(try access.exists("inside.csv"))
        #expect(try !access.exists("nowhere.csv"))
        #expect(throws: FilesError.outside(path: "/")) { try access.list(folder: "/") }
    }

    @Test func `a pipe is not read`() throws {
        #expect(mkfifo(folder("location/pipe"), 0o600) == 0)
        let spool = try Spool(root: folder("spool"))
        let writer = try spool.create(.fetched, name: "f")
        #expect(throws: FilesError.noSuchFile("pipe")) { try access.fetch("pipe", into: writer) }
        #expect(try access.list(folder: "").map(\.name) == [".keep"])
    }
}
