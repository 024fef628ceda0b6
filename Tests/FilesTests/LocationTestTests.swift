// SPDX-License-Identifier: Apache-2.0
import Common
import Foundation
import TestSupport
import Testing

@testable import Files

struct LocationTestTests {
    let folder: TemporaryFolder
    let spool: Spool

    init() throws {
        folder = try TemporaryFolder()
        spool = try Spool(root: folder("spool"))
    }

    @Test func `a good location passes every step and is left as it was`() throws {
        try folder.write([], to: "location/in/x")
        let steps = test(folder: "in").run()
        #expect(
            steps.map(\.sentence) == [
                "open: passed", "list: passed", "write: passed", "rename: passed",
                "read: passed", "delete: passed",
            ]
        )
        #expect(try folder.names("location/in") == ["x"])
        #expect(try spool.names(of: .fetched).isEmpty)
    }

    @Test func `a location that is missing fails at its first step`() throws {
        let steps = test(folder: "").run()
        #expect(steps.first?.sentence == "open: failed, there is no file \"\(folder("location"))\"")
        #expect(steps.dropFirst().allSatisfy { !$0.isTried })
        #expect(steps.last?.sentence == "delete: not tried")
    }

    @Test func `a folder that is missing fails when it is listed`() throws {
        try folder.write([], to: "location/x")
        let steps = test(folder: "none").run()
        #expect(steps[0].failure == nil)
        #expect(steps[1].failure == "there is no file \"none\"")
    }

    @Test(arguments: ["write", "rename", "read", "delete"])
    func `a step that fails is named with its reason, and the file is removed`(name: String) throws
    {
        try folder.write([], to: "location/x")
        let access = BrokenAccess(base: FolderAccess(root: folder("location")), broken: name)
        let steps = LocationTest(access, spool: spool, token: "t").run()
        let failed = try #require(steps.first { $0.failure != nil })
        #expect(failed.name == name)
        #expect(failed.failure?.contains("Permission denied") == true)
        #expect(try spool.names(of: .fetched).isEmpty)
        #expect(try folder.names("location") == ["x"])
    }

    private func test(folder path: String) -> LocationTest {
        LocationTest(
            FolderAccess(root: folder("location")),
            folder: path,
            spool: spool,
            token: "t"
        )
    }
}

/// A folder where one step is refused, as a server with odd permissions would.
private final class BrokenAccess: LocationAccess, @unchecked Sendable {
    private let base: FolderAccess
    private var broken: String?

    init(base: FolderAccess, broken: String) {
        self.base = base
        self.broken = broken
    }

    func openingSteps() -> [OpeningStep] { base.openingSteps() }
    func list(folder: String) throws -> [RemoteFile] { try base.list(folder: folder) }
    func exists(_ path: String) throws -> Bool { try base.exists(path) }
    func put(from source: String, to path: String) throws {
        try base.put(from: source, to: path)
    }

    func putData(_ data: [UInt8], to path: String) throws {
        try refuse("write", path)
        try base.putData(data, to: path)
    }

    func move(_ source: String, to target: String) throws {
        try refuse("rename", source)
        try base.move(source, to: target)
    }

    func fetch(_ path: String, into writer: SpoolWriter) throws {
        try refuse("read", path)
        try base.fetch(path, into: writer)
    }

    func delete(_ path: String) throws {
        try refuse("delete", path)
        try base.delete(path)
    }

    /// Refuses a step once.
    private func refuse(_ step: String, _ path: String) throws {
        guard step == broken else { return }
        broken = nil
        throw FilesError.system(subject: path, action: step, code: EACCES)
    }
}
