// SPDX-License-Identifier: Apache-2.0
public import Common
import Synchronization

/// Chance that repeats: the same seed gives the same sequence.
///
/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014). Also a
/// generator for `Int.random(in:using:)` and its like.
public final class SeededRandomness: Randomness, RandomNumberGenerator {
    private let state: Mutex<UInt64>

    /// Makes a sequence from a seed.
    public init(seed: UInt64 = 1) {
        state = Mutex(seed)
    }

    /// The next 64 bits.
    public func next() -> UInt64 {
        let raised = state.withLock { state in
            state &+= 0x9e37_79b9_7f4a_7c15
            return state
        }
        var bits = (raised ^ (raised >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }
}
