// SPDX-License-Identifier: Apache-2.0
import Audience
import Common

/// A member of a bulk as it was read; cells borrow the payload's bytes.
struct GivenMember {
    /// A value of an attribute.
    struct Value {
        /// The attribute's position in the table.
        var attribute: Int
        /// The name that the member gave it.
        var name: String
        var cell: Cell
    }

    /// Its place in the payload, from 0.
    let index: Int
    /// The bulk that it came with, by its place among those that are applied at once.
    let bulk: Int
    /// The profile that it names.
    var profile: ProfileID?
    var values: [Value] = []
    /// Standings by the position of the list.
    var standings: [(list: Int, isSubscribed: Bool)] = []
    /// The means by which its permissions were collected, and their trace.
    var channel: String?
    var subchannel: String?
    /// What names it to the caller.
    var identifier: String?
    /// What is wrong with it; one that has any is not saved.
    var problems: [MemberProblem] = []
    /// What was not taken as it was given.
    var warnings: [MemberProblem] = []

    init(index: Int, bulk: Int = 0) {
        self.index = index
        self.bulk = bulk
    }

    /// The key of its errors.
    var label: String { identifier ?? "#\(index)" }

    /// The value of an attribute, if it was given.
    func cell(_ attribute: Int?) -> Cell? {
        guard let attribute else { return nil }
        return values.first { $0.attribute == attribute }?.cell
    }
}

/// What may name the profile of a member, or can be had by one profile only: two members with one key
/// are applied one after the other.
struct MemberKey: Hashable {
    /// The attribute's position in the table; nil for the profile's id.
    var attribute: Int?
    var text: String
}

/// Splits members, by their keys and in their order, into waves that may each be merged at once.
///
/// Pure.
struct MemberWaves {
    private let keys: [[MemberKey]]
    /// How many members are merged already.
    private var start = 0
    /// The most members of the next wave: twice as many as were taken of the one before, so that members
    /// who depend on each other are not looked at again and again.
    private var most: Int

    init(_ keys: [[MemberKey]]) {
        self.keys = keys
        most = keys.count
    }

    /// The next members, of whom no two have a key in common; nil when all are merged.
    func next() -> Range<Int>? {
        guard start < keys.count else { return nil }
        var taken: Set<MemberKey> = []
        var end = start
        while end < min(start + most, keys.count), keys[end].allSatisfy({ !taken.contains($0) }) {
            taken.formUnion(keys[end])
            end += 1
        }
        return start..<end
    }

    /// Notes how many of the wave were merged, one at least.
    mutating func took(_ count: Int) {
        start += count
        most = max(2 * count, 2)
    }
}
