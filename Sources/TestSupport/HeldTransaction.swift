// SPDX-License-Identifier: Apache-2.0
public import Database
import Foundation

/// A transaction that stays open on a thread of its own until the test ends it.
///
/// All calls block until the thread has done what they ask for.
public final class HeldTransaction: @unchecked Sendable {
    private enum Step {
        case perform((Transaction) throws -> Void)
        case end(isCommit: Bool)
    }

    private struct GivenUp: Error {}

    // Handed over between the two semaphores: one side waits while the other one uses them.
    private var step = Step.end(isCommit: false)
    private var outcome: Result<Void, any Error> = .success(())
    private let asked = DispatchSemaphore(value: 0)
    private let answered = DispatchSemaphore(value: 0)

    /// Begins a transaction.
    public init(in database: Database, _ isolation: Isolation = .guarded) {
        let thread = Thread { [self] in
            let result = Result { try database.writeBlocking(isolation, obey) }
            outcome = if case .failure(is GivenUp) = result { .success(()) } else { result }
            answered.signal()
        }
        thread.start()
    }

    /// Does something in the transaction; when it fails, the transaction is given up.
    @discardableResult
    public func perform<T>(_ body: @escaping (Transaction) throws -> T) throws -> T {
        var value: T?
        try ask(.perform { value = try body($0) })
        guard let value else { throw GivenUp() }
        return value
    }

    /// Commits, and waits until that is done.
    public func commit() throws { try ask(.end(isCommit: true)) }

    /// Gives the transaction up, and waits until that is done.
    public func rollback() throws { try ask(.end(isCommit: false)) }

    private func ask(_ step: Step) throws {
        self.step = step
        asked.signal()
        answered.wait()
        try outcome.get()
    }

    private func obey(_ transaction: Transaction) throws {
        while true {
            asked.wait()
            switch step {
            case .end(true): return
            case .end(false): throw GivenUp()
            case .perform(let body):
                try body(transaction)
                answered.signal()
            }
        }
    }
}
