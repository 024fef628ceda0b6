// SPDX-License-Identifier: Apache-2.0

/// What an engine gives: transactions on connections, and what stands beside them.
protocol Engine: Sendable {
    var witnessStore: any WitnessStore { get }
    /// Wakes those who wait for work.
    var bell: Bell { get }
    /// What the engine's own clock says; nil where the clock row is the clock.
    func clockReading() throws -> ClockReading?
    /// Brings the clock row up to what the engine's own clock says, outside all transactions.
    func markClock() throws
    func read<T>(
        _ cancellation: Cancellation?,
        _ body: (any EngineConnection) throws -> T
    ) throws -> T
    /// Reads beside a transaction of the same thread; nil where that would gain nothing.
    func readBeside<T>(_ body: (any EngineConnection) throws -> T) throws -> T?
    func write<T>(
        _ isolation: Isolation,
        _ body: (any EngineConnection, @escaping () -> Bool) throws -> T
    ) throws -> T
    /// A number that changes when other processes write; 0 where nobody can tell.
    func foreignVersion() throws -> Int64
    /// A number that changes with every commit; nil where it cannot be told without waiting.
    func contentVersion() -> Int64?
    /// What is broken in the stored data, in words; empty when all is well.
    func integrityProblems() throws -> [String]
    /// Writes a consistent copy to a file that is not there yet, while others work.
    func backUp(to path: String) throws
    func close() throws
}

/// Where an engine's own clock stands.
struct ClockReading {
    /// The identity of the cluster of servers; another one counts from the start.
    var cluster: String
    /// The number that the next transaction would draw at the earliest.
    var number: Int64
}
