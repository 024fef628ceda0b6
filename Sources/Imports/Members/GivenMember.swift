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

/// Which members may be merged at once.
///
/// Pure.
enum MemberWaves {
    /// Splits members, by their keys and in their order, into those that may be merged now and those
    /// that wait for an earlier one.
    static func split(_ keys: [(member: Int, keys: [MemberKey])]) -> (now: [Int], later: [Int]) {
        var taken: Set<MemberKey> = []
        var now: [Int] = []
        var later: [Int] = []
        for (member, keys) in keys {
            var isFree = true
            for key in keys where !taken.insert(key).inserted { isFree = false }
            if isFree { now.append(member) } else { later.append(member) }
        }
        return (now, later)
    }
}
