// SPDX-License-Identifier: Apache-2.0
import Common
import TestSupport
import Testing

@testable import Files

/// What goes wrong in the middle: nothing half-written is visible, and the words say what it was.
struct RemoteFaultTests {
    static let both: [FileServer.Kind] = [.sshd, .ftps]
    private let content = tableBytes(count: 4_000_000, seed: 2)

    @Test(arguments: both)
    func `a put that is cut leaves nothing visible and succeeds when repeated`(
        kind: FileServer.Kind
    ) throws {
        let world = try RemoteWorld(kind)
        let proxy = try CuttingProxy(world.server)
        let access = try world.access(kind, host: CuttingProxy.host)
        let source = try world.folder.write(content, to: "source")
        proxy.cut(.up, after: 1_000_000)
        let words = world.failure { try access.put(from: source, to: "a.csv") }
        #expect(words.contains("the server 127.0.0.2:\(world.server.port) failed"), "\(words)")
        #expect(try world.names().filter { !$0.hasPrefix(".") } == [])
        try access.put(from: source, to: "a.csv")
        #expect(try world.read("a.csv") == content)
        #expect(try world.names() == ["a.csv"])
    }

    @Test(arguments: [1_200, 1_800, 2_200, 2_600, 3_200])
    func `a login that is cut is no refusal, and may be tried later`(bytes: Int) throws {
        let world = try RemoteWorld(.sshd)
        let proxy = try CuttingProxy(world.server)
        let access = try world.access(.sshd, host: CuttingProxy.host)
        proxy.cut(.up, after: bytes)
        // More than the cuts let through: each of them hits.
        let long = Array(content.prefix(4_000))
        let error = #expect(throws: FilesError.self) { try access.putData(long, to: "a.csv") }
        #expect(error?.retryAdvice == .later, "\(String(describing: error))")
        proxy.pass()
        try access.putData([1], to: "a.csv")
        #expect(try world.names() == ["a.csv"])
    }

    @Test(arguments: both)
    func `a fetch that is cut goes on where it was`(kind: FileServer.Kind) throws {
        let world = try RemoteWorld(kind)
        let proxy = try CuttingProxy(world.server)
        try world.write(content, to: "a.csv")
        let access = try world.access(kind, host: CuttingProxy.host)
        _ = try access.exists("a.csv")
        proxy.cut(.down, after: 1_500_000, times: 2)
        #expect(try world.fetch("a.csv", access) == content)
    }

    @Test(arguments: both)
    func `a fetch that is cut too often fails and may be tried later`(kind: FileServer.Kind) throws
    {
        let world = try RemoteWorld(kind)
        let proxy = try CuttingProxy(world.server)
        try world.write(content, to: "a.csv")
        let access = try world.access(kind, host: CuttingProxy.host)
        proxy.cut(.down, after: 100_000, times: 9)
        let words = world.failure { _ = try world.fetch("a.csv", access) }
        #expect(words.contains("127.0.0.2"), "\(words)")
        #expect(try world.spool.names(of: .fetched).isEmpty)
        proxy.pass()
        #expect(try world.fetch("a.csv", access) == content)
    }

    @Test(arguments: both)
    func `a server at which nothing moves is given up in time`(kind: FileServer.Kind) throws {
        let world = try RemoteWorld(kind)
        let proxy = try CuttingProxy(world.server)
        try world.write(content, to: "a.csv")
        let source = try world.folder.write(content, to: "source")
        for way in [CuttingProxy.Way.up, .down] {
            let access = try world.access(
                kind,
                host: CuttingProxy.host,
                settings: ["stallSeconds": "5"]
            )
            _ = try access.exists("a.csv")
            proxy.stall(way, after: 600_000, times: 1)
            let words = world.failure {
                if way == .up {
                    try access.put(from: source, to: "b.csv")
                } else {
                    proxy.stall(way, after: 600_000, times: 9)
                    _ = try world.fetch("a.csv", access)
                }
            }
            #expect(words.contains("nothing moved for 5 seconds"), "\(words)")
            proxy.pass()
        }
        #expect(try world.names().filter { !$0.hasPrefix(".") } == ["a.csv"])
    }

    @Test(arguments: both)
    func `a full disk is named, and nothing is left on it`(kind: FileServer.Kind) throws {
        let world = try RemoteWorld(kind, .tinyDisk)
        let access = try world.access(kind)
        let source = try world.folder.write(content, to: "source")
        let words = world.failure { try access.put(from: source, to: "a.csv") }
        let wanted = kind == .sshd ? "disk is full" : "No space left on device"
        #expect(words.contains(wanted), "\(words)")
        #expect(try access.list(folder: "").isEmpty)
        try access.putData(Array(content.prefix(200_000)), to: "b.csv")
        #expect(try access.list(folder: "").map(\.size) == [200_000])
    }

    @Test(arguments: both)
    func `a folder that is read-only refuses, in the server's words`(kind: FileServer.Kind) throws {
        let world = try RemoteWorld(kind, .readOnly)
        try world.write([1], to: "a.csv")
        let access = try world.access(kind)
        let steps = LocationTest(access, spool: world.spool, token: "t").run().map(\.sentence)
        #expect(steps[4] == "list: passed")
        #expect(steps[5].contains("write: failed"), "\(steps[5])")
        let words = kind == .sshd ? "Permission denied" : "550 "
        #expect(steps[5].contains(words), "\(steps[5])")
        #expect(try world.fetch("a.csv", access) == [1])
        #expect(throws: FilesError.self) { try access.delete("a.csv") }
        #expect(try world.names() == ["a.csv"])
    }
}
