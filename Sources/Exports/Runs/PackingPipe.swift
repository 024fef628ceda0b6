// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Files
import Synchronization

/// Packs blocks on a thread of its own, so that reading and compressing overlap: compression takes
/// most of the time of an export.
///
/// The packer is only touched on the queue.
final class PackingPipe: @unchecked Sendable {
    /// How many bytes make a block.
    static let blockSize = 1 << 18

    private let packer: Packer
    private let queue = DispatchQueue(label: "millrace.exports.packing")
    /// At most so many blocks wait, so that memory stays flat.
    private let room = DispatchSemaphore(value: 8)
    private let failure = Mutex<(any Error)?>(nil)

    init(_ packer: Packer) { self.packer = packer }

    /// Appends a block; waits while too many do.
    func write(_ block: [UInt8]) throws {
        try check()
        room.wait()
        queue.async { [self] in
            defer { room.signal() }
            guard failure.withLock({ $0 == nil }) else { return }
            do {
                try packer.write(block)
            } catch {
                failure.withLock { $0 = error }
            }
        }
    }

    /// Waits for all blocks and ends the file.
    func finish() throws -> Packer.Result {
        try queue.sync {
            try check()
            return try packer.finish()
        }
    }

    /// Gives the file up.
    func abandon() { queue.sync { packer.abandon() } }

    private func check() throws {
        if let failure = failure.withLock({ $0 }) { throw failure }
    }
}
