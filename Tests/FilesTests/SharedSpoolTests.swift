// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Files

/// Whose a shared folder is.
struct SharedSpoolTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `a folder of another installation is refused`() throws {
        try open("i1", node: 1)
        try open("i1", node: 2)
        #expect(throws: FilesError.foreignSpool(folder("shared"))) { try open("i2", node: 3) }
        #expect(throws: FilesError.foreignSpool(folder("shared"))) { try open("i", node: 3) }
        #expect(try folder.read("shared/.installation") == Array("i1\n".utf8))
        #expect(try folder.names("shared") == [".installation"])
    }

    @Test func `nodes that start at once agree`() throws {
        let won = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 16) { node in
            let installation = "i\(node % 4)"
            guard (try? open(installation, node: node)) != nil else { return }
            won.withLock { $0.append(installation) }
        }
        let owner = try String(decoding: folder.read("shared/.installation"), as: UTF8.self)
        #expect(won.withLock { $0 } == [String](repeating: owner.trimmed, count: 4))
        #expect(try folder.names("shared") == [".installation"])
    }

    @Test func `scratch files lie on this machine`() throws {
        let spool = try open("i1", node: 1)
        #expect(try spool.scratchPath(.staging, "run").hasPrefix(folder("node-1/")))
    }

    @discardableResult
    private func open(_ installation: String, node: Int) throws -> Spool {
        try Spool(
            sharedRoot: folder("shared"),
            installation: installation,
            scratchRoot: folder("node-\(node)")
        )
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
