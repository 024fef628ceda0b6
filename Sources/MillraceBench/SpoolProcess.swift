// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Files
import Foundation
import Millrace

/// Writes a file into a spool and reads it on two nodes: `spool FOLDER MEGABYTES [DATABASE]`.
///
/// The folder, which writes and hashes as much, is the floor of the database.
struct SpoolProcess {
    private let folder: String
    private let megabytes: Int
    private let address: String

    init(_ arguments: [String]) {
        folder = arguments.dropFirst().first ?? NSTemporaryDirectory() + "millrace-bench-spool"
        megabytes = arguments.dropFirst(2).first.flatMap(Int.init) ?? 200
        address = arguments.dropFirst(3).first ?? "sqlite:\(folder)/m.sqlite"
    }

    func run() throws {
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let plain = try Spool(root: "\(folder)/folder")
        try measure("folder", first: plain, second: plain)
        let database = try Database(
            DatabaseAddress(address),
            migrations: MillraceSchema.migrations
        )
        let nodes = try (1...2).map { try Spool(cacheRoot: "\(folder)/node-\($0)", in: database) }
        try measure("database", first: nodes[0], second: nodes[1])
        try database.close()
    }

    private func measure(_ name: String, first: Spool, second: Spool) throws {
        var file: SpoolFile?
        try time("\(name): write") { file = try write(to: first) }
        guard let file else { return }
        try time("\(name): read where it was written") { try read(file, from: first) }
        try time("\(name): first read by another node") { try read(file, from: second) }
        try time("\(name): second read by another node") { try read(file, from: second) }
        try time("\(name): remove") { try first.remove(file) }
    }

    private func write(to spool: Spool) throws -> SpoolFile {
        let randomness = SystemRandomness()
        let words = (0..<(1 << 17)).map { _ in randomness.next() }
        let writer = try spool.create(.upload, name: "bench")
        for _ in 0..<megabytes { try words.withUnsafeBytes { try writer.write($0) } }
        return try writer.finish()
    }

    private func read(_ file: SpoolFile, from spool: Spool) throws {
        var bytes = 0
        try spool.read(file) { chunk in
            bytes += chunk.count
            return true
        }
        guard bytes == megabytes << 20 else { throw BenchError.importFailed("spool") }
    }

    private func time(_ name: String, _ work: () throws -> Void) rethrows {
        let clock = ContinuousClock()
        let taken = try clock.measure(work)
        let seconds = Double(taken.components.attoseconds) / 1e18 + Double(taken.components.seconds)
        print("\(name): \(seconds.formatted()) s, \(Int(Double(megabytes) / seconds)) MB/s")
    }
}
