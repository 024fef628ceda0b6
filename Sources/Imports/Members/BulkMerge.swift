// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database

/// Merges the sound members of one bulk, wave by wave.
struct BulkMerge {
    private let bulk: MemberBulk
    private let reader: MemberReader
    private let members: [GivenMember]
    private let merge: ProfileMerge
    /// The column of the plan that each attribute fills, by its position in the table.
    private let columns: [Int: Int]
    /// The lists that any member speaks of, by their positions in the reader.
    private let lists: [Int]

    /// Merges the sound members, those that may be saved, given by their positions.
    init(_ bulk: MemberBulk, _ reader: MemberReader, _ members: [GivenMember], _ sound: [Int]) {
        self.bulk = bulk
        self.reader = reader
        self.members = members
        let used = Set(sound.flatMap { members[$0].values.map(\.attribute) }).sorted()
        columns = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
        lists = Set(sound.flatMap { members[$0].standings.map(\.list) }).sorted()
        let several = bulk.operation == .update ? bulk.severalValues : .replace
        let plan = MergePlan(
            table: reader.table,
            columns: used.map { MergeColumn(reader.table.attributes[$0], several: several) },
            lists: lists.map { reader.lists[$0] },
            collection: Collection(
                source: BulkMerge.standardChannel,
                way: bulk.importID,
                moment: bulk.createdAt
            )
        )
        merge = ProfileMerge(plan, task: nil)
    }

    /// What `optin_channel` is unless it is given (spec/imports.md).
    private static let standardChannel = "import"

    /// Merges members in their order.
    func run(
        _ sound: [Int],
        _ outcome: inout BulkApplication.Outcome,
        by context: Context,
        in transaction: Transaction
    ) throws {
        var pending = sound.map { (member: $0, keys: keys(of: members[$0])) }
        while !pending.isEmpty {
            let (now, later) = MemberWaves.split(pending)
            var waiting = Set(later)
            let wave = try identify(now, &waiting, &outcome, transaction)
            let rows = wave.map { row($0.member, $0.identity) }
            let results = try merge.apply(rows, isFresh: false, by: context, in: transaction)
            for (entry, result) in zip(wave, results) {
                conclude(members[entry.member], result, &outcome)
            }
            pending.removeAll { !waiting.contains($0.member) }
        }
    }

    /// Whatever a member says that could name a profile, before or after it was changed.
    private func keys(of member: GivenMember) -> [MemberKey] {
        var keys: [MemberKey] = []
        if bulk.operation == .update, let profile = member.profile {
            keys.append(MemberKey(type: .id, text: "\(profile)"))
        }
        for (type, attribute) in [
            (MemberIdentifierType.email, reader.emailAddress), (.msisdn, reader.mobileNumber),
        ] {
            guard let text = member.cell(attribute)?.plainText else { continue }
            keys.append(MemberKey(type: type, text: text))
        }
        return keys
    }

    /// Finds the profiles of members that share no key.
    ///
    /// Of two that turn out to name one profile, the later waits.
    private func identify(
        _ wave: [Int],
        _ waiting: inout Set<Int>,
        _ outcome: inout BulkApplication.Outcome,
        _ connection: Connection
    ) throws -> [(member: Int, identity: MergeIdentity)] {
        let found = try candidates(wave, connection)
        var taken: Set<ProfileID> = []
        var identified: [(member: Int, identity: MergeIdentity)] = []
        for (member, profiles) in zip(wave, found) {
            guard profiles.count < 2 else {
                outcome.fail(members[member], [ambiguity])
                continue
            }
            if let profile = profiles.first {
                guard taken.insert(profile).inserted else {
                    waiting.insert(member)
                    continue
                }
                identified.append((member, .profile(profile)))
            } else if bulk.operation == .create {
                identified.append((member, .new))
            } else {
                outcome.fail(members[member], [stranger])
            }
        }
        return identified
    }

    /// The profiles that each member may mean.
    private func candidates(
        _ wave: [Int],
        _ connection: Connection
    ) throws -> [Set<ProfileID>] {
        var found = [Set<ProfileID>](repeating: [], count: wave.count)
        if bulk.operation == .update, bulk.identifierType == .id {
            return wave.map { members[$0].profile.map { [$0] } ?? [] }
        }
        let finder = ProfileFinder(reader.table)
        for attribute in identifiers {
            let cells = wave.map { members[$0].cell(attribute) }
            let profiles = try finder.profiles(
                by: reader.table.attributes[attribute],
                cells,
                in: connection
            )
            for index in wave.indices { found[index].formUnion(profiles[index]) }
        }
        return found
    }

    /// The attributes by which members are found.
    private var identifiers: [Int] {
        switch (bulk.operation, bulk.identifierType) {
        case (.create, _): [reader.emailAddress, reader.mobileNumber].compactMap { $0 }
        case (.update, .msisdn): [reader.mobileNumber].compactMap { $0 }
        case (.update, _): [reader.emailAddress].compactMap { $0 }
        }
    }

    private func row(_ position: Int, _ identity: MergeIdentity) -> MergeRow {
        let member = members[position]
        var cells = [Cell?](repeating: nil, count: columns.count)
        for value in member.values {
            if let column = columns[value.attribute] { cells[column] = value.cell }
        }
        let standings = lists.map { list in
            member.standings.last { $0.list == list }?.isSubscribed
        }
        var row = MergeRow(
            identity,
            cells: cells,
            standings: standings,
            line: Int64(member.index)
        )
        if member.channel != nil || member.subchannel != nil {
            row.collection = Collection(
                source: member.channel ?? BulkMerge.standardChannel,
                way: member.subchannel ?? bulk.importID,
                moment: bulk.createdAt
            )
        }
        return row
    }

    private func conclude(
        _ member: GivenMember,
        _ result: MergeResult,
        _ outcome: inout BulkApplication.Outcome
    ) {
        if let refusal = result.refusal {
            let (property, value) = named(refusal.column, of: member)
            outcome.fail(member, [MemberProblem(refusal, property: property, value: value)])
            return
        }
        let warnings = result.warnings.map { entry in
            let (property, value) = named(entry.column, of: member)
            return MemberProblem(property ?? "", value: value, entry.warning)
        }
        outcome.accept(member, result.outcome, member.warnings + warnings)
    }

    /// A column or list of the plan, as the member named it, with what it gave.
    private func named(_ column: Int?, of member: GivenMember) -> (String?, String?) {
        guard let column else { return (nil, nil) }
        let attributes = merge.plan.columns
        guard column < attributes.count else {
            let list = lists[column - attributes.count]
            let standing = member.standings.last { $0.list == list }
            return (
                "consents.\(reader.lists[list].name)",
                standing.map { $0.isSubscribed ? "true" : "false" }
            )
        }
        let attribute = attributes[column].attribute
        let given = member.values.first { columns[$0.attribute] == column }
        let value = given.flatMap {
            ValueText.text($0.cell.sql(attribute.type), of: attribute)
        }
        return (given?.name ?? attribute.name, value)
    }

    private var ambiguity: MemberProblem {
        MemberProblem(.ambiguous, nil, "several profiles have this identifier")
    }

    private var stranger: MemberProblem {
        MemberProblem(MergeRefusal(unknown: nil), property: nil, value: nil)
    }
}

extension Cell {
    /// The text of a cell that holds some.
    fileprivate var plainText: String? {
        switch self {
        case .text(let text): text
        case .borrowed(let bytes): String(decoding: bytes, as: UTF8.self)
        case .null, .integer, .double: nil
        }
    }
}
