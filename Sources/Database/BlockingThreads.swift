// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// Threads for work that blocks: on a lock, on the disk, on a server.
///
/// One waits for each piece of work that comes, up to a limit; dispatch queues would run as many as
/// there are cores, and notice late that these only wait.
final class BlockingThreads: @unchecked Sendable {
    static let shared = BlockingThreads()

    // The condition's lock guards the three variables.
    private let change = NSCondition()
    private var work: [@Sendable () -> Void] = []
    private var idle = 0
    private var count = 0

    private static let most = 128
    /// A thread that nobody needed for so long ends, seconds.
    private static let patience: TimeInterval = 30

    /// Runs a closure on a thread that may block.
    func run(_ closure: @escaping @Sendable () -> Void) {
        change.lock()
        defer { change.unlock() }
        work.append(closure)
        if work.count > idle, count < BlockingThreads.most {
            count += 1
            Thread.detachNewThread { [self] in serve() }
        } else {
            change.signal()
        }
    }

    private func serve() {
        while let closure = next() { closure() }
    }

    /// The oldest piece of work; nil when the thread is not needed any more.
    private func next() -> (@Sendable () -> Void)? {
        change.lock()
        defer { change.unlock() }
        let deadline = Date(timeIntervalSinceNow: BlockingThreads.patience)
        idle += 1
        defer { idle -= 1 }
        while work.isEmpty {
            guard change.wait(until: deadline) || !work.isEmpty else {
                count -= 1
                return nil
            }
        }
        return work.removeFirst()
    }
}
