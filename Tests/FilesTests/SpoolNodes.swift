// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport

@testable import Files

/// The places that the contract of a spool is tested on.
enum SpoolCase: Hashable, CustomStringConvertible, Sendable {
    case folder
    case shared
    case database(TestEngine)

    static let all: [SpoolCase] = [.folder, .shared] + TestEngine.allCases.map(SpoolCase.database)

    var description: String {
        switch self {
        case .folder: "folder"
        case .shared: "shared folder"
        case .database(let engine): "database (\(engine))"
        }
    }

    func open() throws -> SpoolNodes {
        switch self {
        case .folder:
            return try SpoolNodes(.memory) { folder, _, _ in try Spool(root: folder("spool")) }
        case .shared:
            return try SpoolNodes(.memory) { folder, _, node in
                try Spool(
                    sharedRoot: folder("shared"),
                    installation: "i1",
                    scratchRoot: folder("node-\(node)")
                )
            }
        case .database(let engine):
            return try SpoolNodes(engine)
        }
    }
}

/// One installation with two nodes, each with a spool object of its own.
struct SpoolNodes {
    let folder: TemporaryFolder
    let database: Database
    let time = ManualTime()
    let first: Spool
    let second: Spool

    /// Two nodes on one database, with different folders.
    init(
        _ engine: TestEngine,
        cacheLimit: Int64 = 1 << 30,
        failpoints: Failpoints = .none
    ) throws {
        try self.init(engine) { folder, database, node in
            try Spool(
                cacheRoot: folder("node-\(node)"),
                in: database,
                cacheLimit: cacheLimit,
                failpoints: node == 1 ? failpoints : .none
            )
        }
    }

    init(
        _ engine: TestEngine,
        make: (TemporaryFolder, Database, Int) throws -> Spool
    ) throws {
        folder = try TemporaryFolder()
        database = try engine.open(migrations: FilesSchema.migrations, time: time)
        first = try make(folder, database, 1)
        second = try make(folder, database, 2)
    }

    /// How many rows a table has.
    func count(_ table: String) throws -> Int {
        try database.readBlocking { try $0.value("SELECT count(*) FROM \(table)") ?? -1 }
    }

    /// The paths of the copies of a kind on a node.
    func copies(_ kind: SpoolKind, node: Int) throws -> [String] {
        try folder.names("node-\(node)/\(kind.rawValue)").map {
            "node-\(node)/\(kind.rawValue)/\($0)"
        }
    }
}

extension Spool {
    @discardableResult
    func write(_ bytes: [UInt8], _ kind: SpoolKind, _ name: String) throws -> SpoolFile {
        let writer = try create(kind, name: name)
        try writer.write(bytes)
        return try writer.finish()
    }

    func bytes(of file: SpoolFile) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try read(file) { chunk in
            bytes += chunk
            return true
        }
        return bytes
    }
}

/// Bytes of any length, quickly; no two megabytes of them are equal.
func spoolBytes(count: Int, seed: UInt64) -> [UInt8] {
    let block = tableBytes(count: 70_001, seed: seed)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + block.count)
    while bytes.count < count { bytes += block }
    return Array(bytes.prefix(count))
}
