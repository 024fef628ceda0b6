// SPDX-License-Identifier: Apache-2.0
internal import Foundation

extension Database {
    /// Works on many values on as many threads as there are cores; gives the results in their order.
    public func spread<Value: Sendable, Result: Sendable>(
        _ values: [Value],
        _ work: @escaping @Sendable (Value) -> Result
    ) async throws -> [Result] {
        let share = max(
            Database.smallestShare,
            (values.count + Database.cores - 1) / Database.cores
        )
        return try await withThrowingTaskGroup(of: (Int, [Result]).self) { group in
            for start in stride(from: 0, to: values.count, by: share) {
                let part = values[start..<min(start + share, values.count)]
                group.addTask { (start, try await self.blocking { part.map(work) }) }
            }
            var parts: [Int: [Result]] = [:]
            for try await (start, results) in group { parts[start] = results }
            return parts.sorted { $0.key < $1.key }.flatMap(\.value)
        }
    }

    private static let cores = ProcessInfo.processInfo.activeProcessorCount
    /// Fewer values are not worth a thread of their own.
    private static let smallestShare = 16
}
