// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database

/// Reads an audience chunk by chunk, with what the rules need to know of each person.
struct PlanReader: Sendable {
    let source: AudienceReader
    let ground: PlanGround
    let database: Database

    /// Some members of an audience, in the order of their profiles.
    struct Chunk: Sendable {
        var members: [AudienceReader.Member]
        var people: [Addressee]
        /// What may be used for the chunk behind it.
        var screens: AddressScreens?
    }

    /// The chunk behind a profile, of so many members at most; nil at the end.
    ///
    /// Takes the screens of the chunk before it: none at the first, which is all that most sends have.
    func chunk(
        after start: ProfileID,
        limit: Int,
        _ screens: AddressScreens?
    ) async throws -> Chunk? {
        try await database.read { connection in
            let members = try source.members(after: start, limit: limit, in: connection)
            guard !members.isEmpty else { return nil }
            let now = database.time.now()
            let people =
                try ground
                .addressees(members.map { $0.profile }, screens, at: now, in: connection)
            var next = screens
            if members.count == limit, screens.map({ !$0.areFresh(at: now) }) ?? true {
                next = try AddressScreens(
                    ground.campaign.channel,
                    ground.table.workspace,
                    at: now,
                    in: connection
                )
            }
            return Chunk(members: members, people: people, screens: next)
        }
    }
}
