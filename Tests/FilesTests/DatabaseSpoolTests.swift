// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Foundation
import TestSupport
import Testing

@testable import Files

/// What holds for a spool in the database besides.
struct DatabaseSpoolTests {
    @Test(arguments: TestEngine.allCases, ["spool.begun", "spool.uploaded"])
    func `an interrupted upload is invisible and swept`(engine: TestEngine, place: String) throws {
        let recorder = FailpointRecorder()
        let nodes = try SpoolNodes(engine, failpoints: recorder.failpoints)
        let old = try nodes.first.write([1], .report, "r")
        recorder.arm(place)
        #expect(throws: SimulatedCrash(name: place)) {
            try nodes.first.write(spoolBytes(count: 6 << 20, seed: 1), .report, "r")
        }
        #expect(try nodes.second.bytes(of: old) == [1])
        #expect(try nodes.second.sweep() == 0)
        #expect(try nodes.count("spool_loose") == 1)
        nodes.time.advance(by: .minutes(61))
        #expect(try nodes.second.sweep() == 1)
        #expect(try nodes.count("spool_loose") == 0)
        #expect(try nodes.count("spool_chunk") == 1)
        #expect(try nodes.second.bytes(of: old) == [1])
    }

    @Test(arguments: TestEngine.allCases)
    func `what a crash leaves of a replaced file is swept at once`(engine: TestEngine) throws {
        let recorder = FailpointRecorder()
        let nodes = try SpoolNodes(engine, failpoints: recorder.failpoints)
        try nodes.first.write(spoolBytes(count: 3 << 20, seed: 1), .report, "r")
        recorder.arm("spool.published")
        #expect(throws: SimulatedCrash(name: "spool.published")) {
            try nodes.first.write([7], .report, "r")
        }
        #expect(try nodes.count("spool_chunk") == 4)
        let new = try SpoolFile(
            kind: .report,
            name: "r",
            bytes: 1,
            sha256: ContentHash(of: [7]).sha256
        )
        #expect(try nodes.second.bytes(of: new) == [7])
        #expect(try nodes.second.sweep() == 1)
        #expect(try nodes.count("spool_chunk") == 1)
        #expect(try nodes.count("spool_loose") == 0)
    }

    @Test(arguments: TestEngine.allCases)
    func `an upload that was given up cannot be finished`(engine: TestEngine) throws {
        let held = Held()
        let nodes = try SpoolNodes(engine, failpoints: Failpoints { try held.reached($0) })
        held.set("spool.uploaded") {
            nodes.time.advance(by: .hours(2))
            try nodes.second.sweep()
        }
        #expect(throws: FilesError.uploadLost("r")) {
            try nodes.first.write([1, 2], .report, "r")
        }
        held.set("spool.begun") {
            nodes.time.advance(by: .hours(2))
            try nodes.second.sweep()
        }
        #expect(throws: FilesError.uploadLost("r")) {
            try nodes.first.write([1, 2], .report, "r")
        }
        #expect(try nodes.second.names(of: .report).isEmpty)
        #expect(try nodes.count("spool_chunk") == 0)
        #expect(try nodes.count("spool_loose") == 0)
    }

    @Test(arguments: TestEngine.allCases)
    func `of two writers of one name the later one stays`(engine: TestEngine) throws {
        let held = Held()
        let nodes = try SpoolNodes(engine, failpoints: Failpoints { try held.reached($0) })
        held.set("spool.uploaded") { try nodes.second.write([2, 2], .report, "r") }
        let file = try nodes.first.write([1], .report, "r")
        #expect(try nodes.second.bytes(of: file) == [1])
        #expect(try nodes.count("spool_file") == 1)
        #expect(try nodes.count("spool_chunk") == 1)
        #expect(try nodes.count("spool_loose") == 0)
    }

    @Test(arguments: TestEngine.allCases)
    func `removal deletes chunks and copies`(engine: TestEngine) throws {
        let nodes = try SpoolNodes(engine)
        let content = spoolBytes(count: 70 << 20, seed: 1)
        let file = try nodes.first.write(content, .upload, "a")
        #expect(try nodes.count("spool_chunk") == 70)
        try nodes.first.remove(file)
        let small = try nodes.first.write([1, 2], .upload, "b")
        try nodes.database.writeBlocking { try nodes.first.remove(small, in: $0) }
        for table in ["spool_chunk", "spool_file", "spool_loose"] {
            #expect(try nodes.count(table) == 0, "\(table)")
        }
        #expect(try nodes.copies(.upload, node: 1).isEmpty)
    }

    @Test(arguments: TestEngine.allCases)
    func `a removal that is rolled back has not happened`(engine: TestEngine) throws {
        let nodes = try SpoolNodes(engine)
        let file = try nodes.first.write([1, 2], .upload, "a")
        #expect(throws: SimulatedCrash(name: "later")) {
            try nodes.database.writeBlocking { transaction in
                try nodes.first.remove(file, in: transaction)
                throw SimulatedCrash(name: "later")
            }
        }
        #expect(try nodes.second.bytes(of: file) == [1, 2])
        #expect(try nodes.first.bytes(of: file) == [1, 2])
    }

    @Test(arguments: TestEngine.allCases)
    func `a crash in a removal leaves chunks to the sweep only`(engine: TestEngine) throws {
        let recorder = FailpointRecorder()
        let nodes = try SpoolNodes(engine, failpoints: recorder.failpoints)
        let file = try nodes.first.write([1, 2], .upload, "a")
        recorder.arm("spool.removed")
        #expect(throws: SimulatedCrash(name: "spool.removed")) { try nodes.first.remove(file) }
        #expect(try !nodes.second.exists(file))
        #expect(try nodes.second.sweep() == 1)
        #expect(try nodes.count("spool_chunk") == 0)
    }

    @Test(arguments: TestEngine.allCases)
    func `a damaged chunk is named as such`(engine: TestEngine) throws {
        let nodes = try SpoolNodes(engine)
        let file = try nodes.first.write(spoolBytes(count: 2_500_000, seed: 1), .upload, "a")
        try nodes.database.writeBlocking { transaction in
            try transaction.execute(
                "UPDATE spool_chunk SET bytes = $1 WHERE position = 2",
                [[UInt8](repeating: 7, count: 2_500_000 - (2 << 20))]
            )
        }
        #expect(
            throws: FilesError.corrupt(
                "a",
                reason: "its content in the database does not have the hash that it had"
            )
        ) { try nodes.second.bytes(of: file) }
        #expect(try !nodes.second.isIntact(file))
        #expect(try nodes.copies(.upload, node: 2).isEmpty)
        try nodes.database.writeBlocking { transaction in
            try transaction.execute("DELETE FROM spool_chunk WHERE position = 2")
        }
        #expect(
            throws: FilesError.corrupt("a", reason: "a part of it is missing in the database")
        ) { try nodes.second.bytes(of: file) }
        #expect(try !nodes.second.isIntact(file))
    }
}

/// Runs a closure at a failpoint, once.
private final class Held: @unchecked Sendable {
    private let lock = NSLock()
    private var place = ""
    private var body: (() throws -> Void)?

    func set(_ place: String, _ body: @escaping () throws -> Void) {
        lock.withLock { (self.place, self.body) = (place, body) }
    }

    func reached(_ name: String) throws {
        let due = lock.withLock {
            defer { if name == place { body = nil } }
            return name == place ? body : nil
        }
        try due?()
    }
}
