// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Files
import Synchronization

/// Packs blocks on a thread of its own and hashes them on another, so that reading, compressing and
/// hashing overlap: compression takes most of the time of an export.
///
/// The packer is only touched on the packing queue, the hash on the other.
final class PackingPipe: @unchecked Sendable {
    /// How many bytes make a block.
    static let blockSize = 1 << 18

    private let packer: Packer
    private let queue = DispatchQueue(label: "millrace.exports.packing")
    private let hashing = DispatchQueue(label: "millrace.exports.hashing")
    private var hash = ContentHash()
    /// Counts blocks that are hashed: one is done with when it is packed as well.
    private let hashed = DispatchSemaphore(value: 0)
    /// At most so many blocks wait, so that memory stays flat.
    private let room = DispatchSemaphore(value: 8)
    private let failure = Mutex<(any Error)?>(nil)

    init(_ packer: Packer) { self.packer = packer }

    /// Appends a block; waits while too many do.
    func write(_ block: [UInt8]) throws {
        try check()
        room.wait()
        hashing.async { [self] in
            block.withUnsafeBytes { hash.update($0) }
            hashed.signal()
        }
        queue.async { [self] in
            defer {
                hashed.wait()
                room.signal()
            }
            guard failure.withLock({ $0 == nil }) else { return }
            do {
                try block.withUnsafeBytes { try packer.pack($0) }
            } catch {
                failure.withLock { $0 = error }
            }
        }
    }

    /// Waits for all blocks and ends the file.
    func finish() throws -> Packer.Result {
        try queue.sync {
            try check()
            return try packer.finish(hashing.sync { hash })
        }
    }

    /// Gives the file up.
    func abandon() { queue.sync { packer.abandon() } }

    private func check() throws {
        if let failure = failure.withLock({ $0 }) { throw failure }
    }
}
