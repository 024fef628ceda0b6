// SPDX-License-Identifier: Apache-2.0
import Common
import Foundation
import TestSupport
import Testing

@testable import Files

struct SpoolTests {
    let folder: TemporaryFolder
    let spool: Spool

    init() throws {
        folder = try TemporaryFolder()
        spool = try Spool(root: folder("spool"))
    }

    @Test func `a finished file has the length and hash of what was written`() throws {
        let content = tableBytes(count: 700_000, seed: 1)
        let writer = try spool.create(.upload, name: "a.csv")
        try writer.write(Array(content.prefix(10)))
        try writer.write(Array(content.dropFirst(10).prefix(400_000)))
        try writer.write(Array(content.dropFirst(400_010)))
        let file = try writer.finish()
        #expect(file.bytes == 700_000)
        #expect(try file.sha256 == digest(content))
        #expect(try spool.isIntact(file))
        var read: [UInt8] = []
        try spool.read(file) { chunk in
            read += chunk
            return true
        }
        #expect(read == content)
        #expect(try folder.read("spool/upload/a.csv") == content)
    }

    @Test func `nothing is visible before a file is finished, nor after it is abandoned`() throws {
        let writer = try spool.create(.report, name: "r.csv")
        try writer.write([1, 2, 3])
        #expect(try spool.names(of: .report).isEmpty)
        writer.abandon()
        #expect(try folder.names("spool/report").isEmpty)
        #expect(throws: FilesError.writerEnded("r.csv")) { try writer.write([4]) }
        #expect(throws: FilesError.writerEnded("r.csv")) { try writer.finish() }
    }

    @Test func `a writer that is let go leaves nothing`() throws {
        do {
            let writer = try spool.create(.outbox, name: "m")
            try writer.write([1])
        }
        #expect(try folder.names("spool/outbox").isEmpty)
    }

    @Test func `a second file of a name replaces the first when it is finished`() throws {
        let first = try write("one", .report, "r")
        let writer = try spool.create(.report, name: "r")
        try writer.write(Array("second".utf8))
        #expect(try folder.read("spool/report/r") == Array("one".utf8))
        let second = try writer.finish()
        #expect(try folder.read("spool/report/r") == Array("second".utf8))
        #expect(try !spool.exists(first))
        #expect(try writer.finish() == second)
    }

    @Test func `reading stops when the closure wants no more`() throws {
        let file = try write(String(repeating: "x", count: 3 << 20), .upload, "x")
        var chunks = 0
        try spool.read(file) { chunk in
            chunks += 1
            #expect(chunk.count == 1 << 20)
            return chunks < 2
        }
        #expect(chunks == 2)
    }

    @Test func `a file that was tampered with is not intact`() throws {
        let file = try write("abc", .sealedExport, "x")
        #expect(try spool.isIntact(file))
        try folder.write(Array("abd".utf8), to: "spool/sealed-export/x")
        #expect(try spool.exists(file))
        #expect(try !spool.isIntact(file))
        try spool.remove(file)
        #expect(try !spool.isIntact(file))
    }

    @Test func `removing a file twice is no error and reading it then is one`() throws {
        let file = try write("x", .upload, "x")
        try spool.remove(file)
        try spool.remove(file)
        #expect(try !spool.exists(file))
        #expect(throws: FilesError.noSuchFile("x")) { try spool.read(file) { _ in true } }
    }

    @Test func `the folder and its files are for the owner alone`() throws {
        try FileManager.default.createDirectory(
            atPath: folder("open"),
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755]
        )
        let spool = try Spool(root: folder("open"))
        _ = try spool.create(.upload, name: "x").finish()
        #expect(try folder.permissions("open") == 0o700)
        #expect(try folder.permissions("open/upload") == 0o700)
        #expect(try folder.permissions("open/upload/x") == 0o600)
    }

    @Test(arguments: [
        "", ".", "..", "a/b", "../x", "/x", "a\0b", ".hidden", "..\u{2F}\u{301}x",
        String(repeating: "n", count: 201),
    ])
    func `a name that leaves its folder is refused`(name: String) throws {
        #expect(throws: FilesError.badName(name)) { try spool.create(.upload, name: name) }
        let kind = SpoolKind(rawValue: name)
        #expect(throws: FilesError.badName(name)) { try spool.create(kind, name: "x") }
    }

    @Test func `a stored file with a name that leaves its folder cannot be read back`() throws {
        let file = try write("x", .upload, "x")
        let text = try JSONText.encode(file)
        #expect(try JSONText.decode(SpoolFile.self, from: text) == file)
        let forged = text.replacingOccurrences(of: "\"name\":\"x\"", with: "\"name\":\"../x\"")
        #expect(throws: FilesError.badName("../x")) {
            try JSONText.decode(SpoolFile.self, from: forged)
        }
    }

    @Test func `a sweep takes what the dead left and spares the living`() throws {
        let writer = try spool.create(.upload, name: "living")
        try writer.write([1])
        let scratch = try spool.scratchPath(.staging, "run-1")
        try Data([1]).write(to: URL(fileURLWithPath: scratch))
        try folder.write([1], to: "spool/upload/.0123.part")
        try folder.write([1], to: "spool/.scratch/dead/staging/run-1")
        try folder.write([], to: "spool/.scratch/dead.lock")
        let finished = try write("x", .report, "finished")

        #expect(try spool.sweep() == 2)

        #expect(FileManager.default.fileExists(atPath: scratch))
        #expect(!FileManager.default.fileExists(atPath: folder("spool/.scratch/dead")))
        #expect(try spool.exists(finished))
        let file = try writer.finish()
        #expect(try spool.names(of: .upload) == ["living"])
        #expect(try spool.exists(file))
    }

    @Test func `scratch files go with the spool that they belong to`() throws {
        var path = ""
        do {
            let other = try Spool(root: folder("spool"))
            path = try other.scratchPath(.staging, "run")
            #expect(try other.scratchPath(.staging, "run") == path)
            #expect(try spool.scratchPath(.staging, "run") != path)
            try Data([1]).write(to: URL(fileURLWithPath: path))
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(throws: FilesError.badName("../x")) { try spool.scratchPath(.staging, "../x") }
    }

    @Test func `a full disk is named as such and may pass`() throws {
        // The system's own stand-in for a disk that is always full.
        let full = try OpenFile("/dev/full", O_WRONLY)
        let bytes: [UInt8] = [1]
        #expect(throws: FilesError.diskFull("/dev/full")) {
            try bytes.withUnsafeBytes { try full.write($0) }
        }
        #expect(FilesError.diskFull("x").isTemporary)
    }

    private func write(_ text: String, _ kind: SpoolKind, _ name: String) throws -> SpoolFile {
        let writer = try spool.create(kind, name: name)
        try writer.write(Array(text.utf8))
        return try writer.finish()
    }
}
