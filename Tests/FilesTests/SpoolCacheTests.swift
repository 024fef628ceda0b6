// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Foundation
import TestSupport
import Testing

@testable import Files

/// The copies that a node keeps of files in the database.
struct SpoolCacheTests {
    @Test(arguments: TestEngine.allCases, [[UInt8](), [1, 2, 4], [1, 2, 3, 4]])
    func `a copy that was changed is fetched anew`(engine: TestEngine, damage: [UInt8]) throws {
        let nodes = try SpoolNodes(engine)
        let file = try nodes.first.write([1, 2, 3], .upload, "a")
        #expect(try nodes.second.bytes(of: file) == [1, 2, 3])
        for node in [1, 2] {
            let copy = try #require(try nodes.copies(.upload, node: node).first)
            try nodes.folder.write(damage, to: copy)
        }
        #expect(try nodes.first.bytes(of: file) == [1, 2, 3])
        #expect(try nodes.second.bytes(of: file) == [1, 2, 3])
        #expect(try nodes.copies(.upload, node: 2).count == 1)
    }

    @Test(arguments: TestEngine.allCases)
    func `the least recently used copies are dropped`(engine: TestEngine) throws {
        let nodes = try SpoolNodes(engine, cacheLimit: 250)
        let files = try (0..<3).map { number in
            try nodes.first.write(
                [UInt8](repeating: UInt8(number), count: 100),
                .upload,
                "f\(number)"
            )
        }
        var copies: [String] = []
        for (number, file) in files.prefix(2).enumerated() {
            _ = try nodes.second.bytes(of: file)
            let new = try nodes.copies(.upload, node: 2).filter { !copies.contains($0) }
            copies += new
            let age = Date(timeIntervalSince1970: 1_000_000 + Double(number))
            try nodes.folder.age(try #require(new.first), to: age)
        }
        // The first is used once more, so that the second is the one to go.
        _ = try nodes.second.bytes(of: files[0])
        _ = try nodes.second.bytes(of: files[2])
        let left = try nodes.copies(.upload, node: 2)
        #expect(left.count == 2)
        #expect(left.contains(copies[0]))
        #expect(!left.contains(copies[1]))
        #expect(try nodes.copies(.upload, node: 1).count == 2)
        #expect(try nodes.second.bytes(of: files[1]) == [UInt8](repeating: 1, count: 100))
    }

    @Test(arguments: TestEngine.allCases)
    func `a copy in use is not dropped`(engine: TestEngine) throws {
        let nodes = try SpoolNodes(engine, cacheLimit: 10)
        let large = try nodes.first.write([UInt8](repeating: 1, count: 100), .upload, "large")
        let other = try nodes.first.write([UInt8](repeating: 2, count: 100), .upload, "other")
        try nodes.second.withLocalPath(of: large) { path in
            let bytes = try nodes.second.bytes(of: other)
            #expect(bytes.count == 100)
            #expect(FileManager.default.fileExists(atPath: path))
        }
        let third = try nodes.first.write([3], .upload, "third")
        #expect(try nodes.second.bytes(of: third) == [3])
        #expect(try nodes.copies(.upload, node: 2).count == 1)
    }

    @Test(arguments: TestEngine.allCases)
    func `a copy of a file that another node removed is swept`(engine: TestEngine) throws {
        let nodes = try SpoolNodes(engine)
        let file = try nodes.first.write([1, 2, 3], .upload, "a")
        let kept = try nodes.first.write([4], .upload, "b")
        for each in [file, kept] { _ = try nodes.second.bytes(of: each) }
        try nodes.first.remove(file)
        #expect(try nodes.copies(.upload, node: 2).count == 2)
        #expect(throws: FilesError.noSuchFile("a")) { try nodes.second.bytes(of: file) }
        #expect(try nodes.second.sweep() == 1)
        #expect(try nodes.copies(.upload, node: 2).count == 1)
        #expect(try nodes.second.bytes(of: kept) == [4])
    }

    @Test(arguments: TestEngine.allCases)
    func `copies are for the owner alone`(engine: TestEngine) throws {
        let nodes = try SpoolNodes(engine)
        let file = try nodes.first.write([1], .upload, "a")
        _ = try nodes.second.bytes(of: file)
        for node in [1, 2] {
            let copy = try #require(try nodes.copies(.upload, node: node).first)
            #expect(try nodes.folder.permissions(copy) == 0o600)
            #expect(try nodes.folder.permissions("node-\(node)") == 0o700)
        }
    }
}
