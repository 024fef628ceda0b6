// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database

/// Whether people still match the search that a campaign is limited to.
enum TargetFilter: Sendable {
    /// The campaign has none: everybody matches.
    case none
    /// Those whom the search finds match.
    case search(ProfileSearch)
    /// The search is gone, or its definition no longer means anything.
    case invalid

    /// The filter of a campaign as it is now; days count from a moment.
    init(
        _ campaign: Campaign,
        _ table: ProfileTable,
        at moment: Instant,
        in connection: Connection
    ) throws {
        guard let search = campaign.rules.search else {
            self = .none
            return
        }
        do {
            let condition = try TargetMeasure.condition(search, table, moment, in: connection)
            self = .search(ProfileSearch(table, condition))
        } catch is AudienceError {
            self = .invalid
        }
    }

    /// Notes of people whether they match.
    func judge(_ people: inout [Addressee], in connection: Connection) throws {
        switch self {
        case .none: return
        case .invalid:
            for position in people.indices { people[position].isTargetValid = false }
        case .search(let search):
            let found = try search.matching(people.map { $0.profile }, in: connection)
            for position in people.indices {
                people[position].isMatching = found.contains(people[position].profile)
            }
        }
    }
}
