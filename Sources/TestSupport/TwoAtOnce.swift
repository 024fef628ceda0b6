// SPDX-License-Identifier: Apache-2.0
public import Database
import Foundation

extension TestEngine {
    /// Runs a writing transaction twice at once, on two connections of one database.
    ///
    /// Where the engine lets two write at once, both have begun and have their snapshots before
    /// either goes on.
    ///
    /// - Parameters:
    ///   - database: The database.
    ///   - body: Called with 0 and with 1, again after a conflict.
    /// - Returns: What came of each.
    public func atOnce<Value: Sendable>(
        on database: Database,
        _ body: @escaping @Sendable (Int, Transaction) throws -> Value
    ) async -> [Result<Value, any Error>] {
        let meeting = Meeting(of: self == .postgres ? 2 : 1)
        @Sendable func run(_ number: Int) async -> Result<Value, any Error> {
            do {
                return .success(
                    try await database.write { transaction in
                        _ = try transaction.row("SELECT epoch FROM change_clock WHERE id = 1")
                        meeting.arrive()
                        return try body(number, transaction)
                    }
                )
            } catch { return .failure(error) }
        }
        async let first = run(0)
        async let second = run(1)
        return [await first, await second]
    }
}

/// Whoever arrives waits for the others; later ones pass.
private final class Meeting: @unchecked Sendable {
    // The condition's lock guards the count.
    private let condition = NSCondition()
    private var missing: Int

    init(of count: Int) { missing = count }

    func arrive() {
        condition.withLock {
            missing -= 1
            if missing <= 0 { condition.broadcast() }
            while missing > 0 { condition.wait() }
        }
    }
}

extension [Result<Void, any Error>] {
    /// How many went well.
    public var successes: Int { count { (try? $0.get()) != nil } }

    /// The errors of the others, as they are printed.
    public var failures: [String] {
        compactMap { result in
            guard case .failure(let error) = result else { return nil }
            return "\(error)"
        }
    }
}
