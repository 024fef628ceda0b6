// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Files
import Foundation
import Imports
import Tasks
import TestSupport
import Testing

@Suite struct FileFormatTests {
    private func packed(
        _ text: String,
        _ compression: Compression,
        _ harness: ImportHarness
    ) throws -> [UInt8] {
        let writer = try harness.spool.create(.report, name: "packed")
        let packer = try Packer(
            to: writer,
            compression: compression,
            innerName: "people.csv",
            moment: harness.time.now()
        )
        try Array(text.utf8).withUnsafeBytes { try packer.write($0) }
        let file = try packer.finish().file
        return try harness.spool.withLocalPath(of: file) { path in
            Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        }
    }

    @Test(arguments: Compression.allCases)
    func `compressed files are unpacked on the fly`(compression: Compression) async throws {
        let harness = try ImportHarness(.memory)
        let bytes = try packed("userId,firstName\na,Ann\n", compression, harness)
        let ended = try await harness.run(bytes: bytes)
        #expect(ended.task.status == .completed)
        #expect(try harness.values(of: "firstName") == ["a": "Ann"])
    }

    static let encodings: [(String.Encoding, [UInt8])] = [
        (.utf8, []), (.utf8, [0xEF, 0xBB, 0xBF]), (.utf16LittleEndian, [0xFF, 0xFE]),
        (.utf16BigEndian, [0xFE, 0xFF]), (.utf16LittleEndian, []), (.windowsCP1252, []),
        (.isoLatin1, []),
    ]

    @Test(arguments: encodings)
    func `encodings are detected`(encoding: String.Encoding, mark: [UInt8]) async throws {
        let harness = try ImportHarness(.memory)
        let data = try #require("userId;firstName\na;Zoë\nb;Ürsel\n".data(using: encoding))
        let ended = try await harness.run(bytes: mark + Array(data))
        #expect(ended.task.status == .completed, "\(ended.task.outcome ?? "")")
        #expect(try harness.values(of: "firstName") == ["a": "Zoë", "b": "Ürsel"])
    }

    @Test(arguments: [",", ";", "\t", "|"], ["\n", "\r\n", "\r"])
    func `delimiters and line ends are detected`(delimiter: String, end: String) async throws {
        let harness = try ImportHarness(.memory)
        let lines = [["userId", "firstName"], ["a", "\"An\(delimiter)n \"\"B\"\"\""]]
        let text = lines.map { $0.joined(separator: delimiter) }.joined(separator: end)
        let ended = try await harness.run(text)
        #expect(ended.task.status == .completed)
        #expect(try harness.values(of: "firstName") == ["a": "An\(delimiter)n \"B\""])
    }

    @Test(arguments: TestEngine.dialects)
    func `a format that is set beats what would be detected`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let plan = ImportPlan(format: FileFormat(delimiter: ";", encoding: "windows1252"))
        let ended = try await harness.run("userId;firstName\na;x,y,z\n", plan)
        #expect(ended.task.status == .completed)
        #expect(try harness.values(of: "firstName") == ["a": "x,y,z"])
    }

    @Test(arguments: TestEngine.dialects)
    func `a quoted line end counts as a line`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let ended = try await harness.run("userId,firstName\na,\"x\ny\"\n,z\n")
        #expect(ended.verdicts == ["4 emptyIdentifier emptyIdentifier"])
    }

    @Test(arguments: TestEngine.dialects)
    func `a header alone is an import of nothing`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let ended = try await harness.run("userId,firstName\n")
        #expect(ended.task.status == .completed)
        #expect(ended.breakdown.total == 0)
    }

    /// What a person uploads, and what the task says.
    static let fatal: [(String, String)] = [
        ("", "the file has no header line"),
        ("\n\n", "the file has no header line"),
        (",,\na,b,c\n", "the file has no header line"),
        ("firstName,lastName\nx,y\n", "no column of the file identifies a profile; wanted: userId"),
        ("userId,x,x\na,b,c\n", "the header names the column x twice"),
        (
            "userId,\"x\na,b\n",
            "the header cannot be read: The quote that opens field 2 is never closed."
        ),
    ]

    @Test(arguments: fatal)
    func `a file that cannot be imported ends Fatal at once`(
        text: String,
        words: String
    ) async throws {
        let harness = try ImportHarness(.memory)
        let ended = try await harness.run(text)
        #expect(ended.task.status == .fatal)
        #expect(ended.task.outcome == words)
        #expect(ended.task.attempts == 1)
        #expect(harness.listener.heard.isEmpty)
        #expect(try harness.profiles().isEmpty)
    }

    @Test(arguments: TestEngine.dialects)
    func `a truncated gzip ends Fatal before anything is written`(_ engine: TestEngine) async throws
    {
        let harness = try ImportHarness(engine)
        let rows = (0..<5_000).map { "u\($0),n\($0 * 7919)" }.joined(separator: "\n")
        let bytes = try packed("userId,firstName\n\(rows)\n", .gzip, harness)
        let ended = try await harness.run(bytes: Array(bytes.dropLast(100)))
        #expect(ended.task.status == .fatal)
        #expect(ended.task.outcome?.contains("ends too early") == true)
        #expect(try harness.profiles().isEmpty)
    }

    @Test(arguments: TestEngine.dialects)
    func `a zip with two entries ends Fatal naming the count`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let folder = try TemporaryFolder()
        for name in ["a.csv", "b.csv"] { try folder.write("userId\nx\n", to: name) }
        try SystemProgram.output([
            "env", "-C", folder.path, "python3", "-m", "zipfile", "-c", "two.zip", "a.csv",
            "b.csv",
        ])
        let bytes = try Data(contentsOf: folder.url.appendingPathComponent("two.zip"))
        let ended = try await harness.run(bytes: Array(bytes))
        #expect(ended.task.status == .fatal)
        #expect(ended.task.outcome?.contains("holds 2 files") == true)
    }
}
