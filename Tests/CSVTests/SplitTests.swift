// SPDX-License-Identifier: Apache-2.0
import CSV
import Testing

/// Where chunks are cut must make no difference.
struct SplitTests {
    /// Inputs above this length are cut at places near their ends and at random ones.
    static let everyPlaceLimit = 400
    static let everyPairLimit = 32

    @Test(arguments: HardInput.all)
    func `cutting an input at any place changes nothing`(input: HardInput) {
        let whole = Reading(input.bytes, input.dialect, limit: input.limit)
        for cut in Self.places(in: input.bytes.count) {
            let reading = Reading(input.bytes, input.dialect, limit: input.limit, cuts: [cut])
            if reading != whole { Issue.record("cut at \(cut): \(reading.rows.prefix(5))") }
        }
    }

    @Test(arguments: HardInput.all.filter { $0.bytes.count <= everyPairLimit })
    func `cutting a short input at any two places changes nothing`(input: HardInput) {
        let whole = Reading(input.bytes, input.dialect, limit: input.limit)
        for second in 0...input.bytes.count {
            for first in 0...second {
                let reading = Reading(
                    input.bytes,
                    input.dialect,
                    limit: input.limit,
                    cuts: [first, second]
                )
                if reading != whole { Issue.record("cut at \(first), \(second): \(reading.rows)") }
            }
        }
    }

    @Test(arguments: HardInput.all)
    func `one byte at a time changes nothing`(input: HardInput) {
        let whole = Reading(input.bytes, input.dialect, limit: input.limit)
        let reading = Reading(
            input.bytes,
            input.dialect,
            limit: input.limit,
            cuts: Array(0..<input.bytes.count)
        )
        #expect(reading == whole)
    }

    private static func places(in count: Int) -> [Int] {
        guard count > everyPlaceLimit else { return Array(0...count) }
        var randomness = SeededRandomness(state: UInt64(count))
        let inside = (0..<10).map { _ in Int.random(in: 0...count, using: &randomness) }
        return Array(0...9) + inside + Array(count - 9...count)
    }
}
