// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Files

/// What holds for a spool in every place, with two nodes.
struct SpoolContractTests {
    static let megabyte = 1 << 20
    static let sizes = [0, 1, megabyte - 1, megabyte, megabyte + 1, 5 * megabyte]

    @Test(arguments: SpoolCase.all, sizes)
    func `what one node writes the other reads`(place: SpoolCase, size: Int) throws {
        let nodes = try place.open()
        let content = spoolBytes(count: size, seed: 3)
        let writer = try nodes.first.create(.upload, name: "a.csv")
        for start in stride(from: 0, to: size, by: 700_001) {
            try writer.write(Array(content[start..<min(size, start + 700_001)]))
        }
        let file = try writer.finish()
        #expect(file.bytes == Int64(size))
        #expect(file.sha256 == ContentHash(of: content).sha256)
        for spool in [nodes.first, nodes.second] {
            #expect(try spool.exists(file))
            #expect(try spool.names(of: .upload) == ["a.csv"])
            #expect(try spool.bytes(of: file) == content)
            #expect(try spool.isIntact(file))
            let local = try spool.withLocalPath(of: file) { path in
                try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
            }
            #expect(local == content)
        }
    }

    @Test(arguments: SpoolCase.all)
    func `a file is invisible until it is finished`(place: SpoolCase) throws {
        let nodes = try place.open()
        let writer = try nodes.first.create(.report, name: "r")
        try writer.write(spoolBytes(count: 3 << 20, seed: 1))
        #expect(try nodes.first.names(of: .report).isEmpty)
        #expect(try nodes.second.names(of: .report).isEmpty)
        writer.abandon()
        #expect(throws: FilesError.writerEnded("r")) { try writer.finish() }
        #expect(try nodes.second.names(of: .report).isEmpty)
        #expect(try nodes.count("spool_chunk") == 0)
    }

    @Test(arguments: SpoolCase.all)
    func `a file that is replaced while it is read is read to its end`(place: SpoolCase) throws {
        let nodes = try place.open()
        let old = spoolBytes(count: 3 << 20, seed: 1)
        let new = spoolBytes(count: 2 << 20, seed: 2)
        let file = try nodes.first.write(old, .report, "r")
        var read: [UInt8] = []
        var replacement: SpoolFile?
        try nodes.second.read(file) { chunk in
            read += chunk
            if replacement == nil { replacement = try nodes.first.write(new, .report, "r") }
            return true
        }
        #expect(read == old)
        let second = try #require(replacement)
        for spool in [nodes.first, nodes.second] {
            #expect(try !spool.exists(file))
            #expect(throws: FilesError.noSuchFile("r")) { try spool.bytes(of: file) }
            #expect(try spool.bytes(of: second) == new)
        }
    }

    @Test(arguments: SpoolCase.all)
    func `readers beside a writer get a whole file or none`(place: SpoolCase) throws {
        let nodes = try place.open()
        let contents = (1...8).map { spoolBytes(count: $0 * 300_000, seed: UInt64($0)) }
        let latest = Mutex(try nodes.first.write(contents[0], .report, "r"))
        DispatchQueue.concurrentPerform(iterations: 3) { role in
            for content in contents where role == 0 {
                let file = try? nodes.first.write(content, .report, "r")
                if let file { latest.withLock { $0 = file } }
            }
            for _ in 0..<8 where role > 0 {
                let file = latest.withLock { $0 }
                do {
                    let read = try nodes.second.bytes(of: file)
                    #expect(ContentHash(of: read).sha256 == file.sha256)
                } catch {
                    #expect(error as? FilesError == .noSuchFile("r"))
                }
            }
        }
        let last = latest.withLock { $0 }
        #expect(last.bytes == Int64(contents[7].count))
        #expect(try nodes.second.bytes(of: last) == contents[7])
        try nodes.second.sweep()
        #expect(try nodes.count("spool_loose") == 0)
    }

    @Test(arguments: SpoolCase.all)
    func `a file that one node removes is gone for the other`(place: SpoolCase) throws {
        let nodes = try place.open()
        let file = try nodes.first.write([1, 2, 3], .report, "r")
        let other = try nodes.first.write([4], .report, "s")
        #expect(try nodes.second.bytes(of: file) == [1, 2, 3])
        try nodes.first.remove(file)
        try nodes.second.remove(file)
        for spool in [nodes.first, nodes.second] {
            #expect(try !spool.exists(file))
            #expect(try !spool.isIntact(file))
            #expect(throws: FilesError.noSuchFile("r")) { try spool.bytes(of: file) }
            #expect(try spool.names(of: .report) == ["s"])
            #expect(try spool.bytes(of: other) == [4])
        }
    }

    @Test(arguments: SpoolCase.all)
    func `names come in byte order and kinds are apart`(place: SpoolCase) throws {
        let nodes = try place.open()
        for name in ["b", "ä", "B", "a"] { try nodes.first.write([], .report, name) }
        try nodes.second.write([], .upload, "b")
        #expect(try nodes.second.names(of: .report) == ["B", "a", "b", "ä"])
        #expect(try nodes.first.names(of: .upload) == ["b"])
        #expect(try nodes.first.names(of: .fetched).isEmpty)
        let forged = SpoolKind(rawValue: "../x")
        #expect(throws: FilesError.badName("../x")) { try nodes.first.names(of: forged) }
        #expect(throws: FilesError.badName("../x")) { try nodes.first.create(forged, name: "x") }
        #expect(throws: FilesError.badName(".x")) { try nodes.first.create(.upload, name: ".x") }
    }

    @Test(arguments: SpoolCase.all)
    func `files can be asked for and removed inside a transaction`(place: SpoolCase) throws {
        let nodes = try place.open()
        let file = try nodes.first.write(spoolBytes(count: 2_000_000, seed: 1), .report, "r")
        let kept = try nodes.first.write([2], .report, "s")
        try nodes.database.writeBlocking { transaction in
            #expect(try nodes.second.exists(file, in: transaction))
            #expect(try nodes.second.names(of: .report, in: transaction) == ["r", "s"])
            try nodes.second.remove(file, in: transaction)
            #expect(try !nodes.second.exists(file, in: transaction))
        }
        #expect(try nodes.first.names(of: .report) == ["s"])
        #expect(try nodes.first.bytes(of: kept) == [2])
    }

    @Test(arguments: SpoolCase.all)
    func `a file can be written while a transaction is open`(place: SpoolCase) throws {
        let nodes = try place.open()
        let content = spoolBytes(count: 5 << 20, seed: 4)
        let writer = try nodes.database.writeBlocking { _ in
            let writer = try nodes.first.create(.sealedExport, name: "x")
            try writer.write(content)
            return writer
        }
        let file = try writer.finish()
        #expect(try nodes.second.bytes(of: file) == content)
    }

    @Test(arguments: SpoolCase.all)
    func `a sweep spares what is finished and what is being written`(place: SpoolCase) throws {
        let nodes = try place.open()
        let finished = try nodes.first.write([1], .report, "finished")
        let writer = try nodes.first.create(.report, name: "living")
        try writer.write([2])
        let scratch = try nodes.first.scratchPath(.staging, "run")
        try Data([3]).write(to: URL(fileURLWithPath: scratch))
        #expect(try nodes.second.sweep() == 0)
        #expect(try nodes.first.sweep() == 0)
        #expect(FileManager.default.fileExists(atPath: scratch))
        let living = try writer.finish()
        #expect(try nodes.second.bytes(of: living) == [2])
        #expect(try nodes.second.bytes(of: finished) == [1])
    }
}
