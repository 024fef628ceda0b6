// SPDX-License-Identifier: Apache-2.0

/// What an engine gives: transactions on connections, and the witness's place.
protocol Engine: Sendable {
    var witnessStore: any WitnessStore { get }
    func read<T>(_ body: (any EngineConnection) throws -> T) throws -> T
    func write<T>(
        isBulk: Bool,
        _ body: (any EngineConnection, @escaping () -> Bool) throws -> T
    ) throws -> T
    func close() throws
}
