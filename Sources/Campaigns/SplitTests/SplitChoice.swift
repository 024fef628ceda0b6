// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database
internal import Tasks

/// Chooses at random who takes part in a split test, and with which message.
///
/// Profiles that share an address go together, so that no address gets two messages.
struct SplitChoice {
    static let chunk = 5_000

    let run: TaskRun
    let test: SplitTest
    let table: ProfileTable

    private struct Candidate {
        var place: UInt64
        var profile: ProfileID
    }

    /// Writes the members down anew; whatever was chosen before an interruption is forgotten.
    func choose() throws -> Int {
        var candidates = try candidates()
        let wanted = test.share.count(of: candidates.count)
        candidates.sort { ($0.place, $0.profile) < ($1.place, $1.profile) }
        let members = SplitChoice.deal(
            candidates.map(\.place),
            wanted,
            among: test.messages.count
        ).enumerated().map { (profile: candidates[$0].profile, version: $1) }
            .sorted { $0.profile < $1.profile }
        try forget()
        for start in stride(from: 0, to: members.count, by: SplitChoice.chunk) {
            try write(members[start..<min(start + SplitChoice.chunk, members.count)])
            try run.failpoints.pass("split.chosen")
        }
        return members.count
    }

    /// Deals ascending places to versions in turn until enough are dealt; equal places go together.
    ///
    /// Pure.
    static func deal(_ places: [UInt64], _ wanted: Int, among versions: Int) -> [Int] {
        var dealt: [Int] = []
        var turn = -1
        for (index, place) in places.enumerated() {
            let isSame = index > 0 && places[index - 1] == place
            if !isSame {
                guard dealt.count < wanted else { break }
                turn += 1
            }
            dealt.append(turn % versions)
        }
        return dealt
    }

    private func candidates() throws -> [Candidate] {
        let database = run.database
        let now = database.time.now()
        let reader = try database.readBlocking { connection in
            try AudienceReader(test.target.audience, of: table, at: now, in: connection)
        }
        var found: [Candidate] = []
        var last = ProfileID(0)
        while true {
            let page = try database.readBlocking { connection in
                let profiles = try reader.members(
                    after: last,
                    limit: SplitChoice.chunk,
                    in: connection
                ).map(\.profile)
                return zip(profiles, try addresses(of: profiles, connection)).map(candidate)
            }
            guard let end = page.last?.profile else { return found }
            found += page
            last = end
        }
    }

    private func candidate(_ profile: ProfileID, _ address: String?) -> Candidate {
        let name = address.map { test.channel.contact?.folded($0) ?? $0 } ?? "profile \(profile)"
        return Candidate(place: StableHash.of("\(test.id)/\(name)"), profile: profile)
    }

    private func addresses(
        of profiles: [ProfileID],
        _ connection: Connection
    ) throws -> [String?] {
        var found = [String?](repeating: nil, count: profiles.count)
        guard let role = test.channel.addressRole, let column = table.attribute(role)?.column
        else { return found }
        let lookup = Lookup(
            table: table.physicalName,
            key: "id",
            columns: ["id", column],
            keys: profiles.map(\.sql)
        )
        try connection.lookup(lookup) { position, cursor in found[position] = cursor.text(1) }
        return found
    }

    private func forget() throws {
        try run.database.writeBlocking { transaction in
            try run.guardLease(in: transaction)
            try transaction.execute(
                "DELETE FROM split_test_member WHERE workspace_id = $1 AND split_test_id = $2",
                [run.task.workspace, test.id]
            )
        }
    }

    private func write(_ members: ArraySlice<(profile: ProfileID, version: Int)>) throws {
        try run.database.writeBlocking(.bulk) { transaction in
            try run.guardLease(in: transaction)
            let writer = try transaction.insertion(
                into: "split_test_member",
                columns: ["workspace_id", "split_test_id", "profile_id", "version"]
            )
            for member in members {
                writer.integer(run.task.workspace.value)
                writer.integer(test.id.value)
                writer.integer(member.profile.value)
                writer.integer(Int64(member.version))
                try writer.endRow()
            }
            try writer.finish()
        }
    }
}
