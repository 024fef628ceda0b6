// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database

/// Merges the sound members of bulks that are meant alike, wave by wave.
struct BulkMerge {
    private let bulks: [MemberBulk]
    private let operation: BulkOperation
    private let identifierType: MemberIdentifierType
    private let reader: MemberReader
    private let members: [GivenMember]
    private let merge: ProfileMerge
    /// The column of the plan that each attribute fills, by its position in the table.
    private let columns: [Int: Int]
    /// The lists that any member speaks of, by their positions in the reader.
    private let lists: [Int]
    /// The attributes of whose values each is of one profile, or names one.
    private let keyAttributes: [Int]

    /// Merges the sound members, those that may be saved, given by their positions.
    init(
        _ bulks: [MemberBulk],
        _ reader: MemberReader,
        _ members: [GivenMember],
        _ sound: [Int]
    ) {
        self.bulks = bulks
        operation = reader.operation
        identifierType = reader.identifierType
        self.reader = reader
        self.members = members
        let used = Set(sound.flatMap { members[$0].values.map(\.attribute) }).sorted()
        columns = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
        lists = Set(sound.flatMap { members[$0].standings.map(\.list) }).sorted()
        let unique = reader.table.attributes.indices.filter {
            reader.table.attributes[$0].isUnique
        }
        keyAttributes = Set(unique + [reader.emailAddress, reader.mobileNumber].compactMap(\.self))
            .sorted()
        let several = operation == .update ? bulks[0].severalValues : .replace
        let plan = MergePlan(
            table: reader.table,
            columns: used.map { MergeColumn(reader.table.attributes[$0], several: several) },
            lists: lists.map { reader.lists[$0] }
        )
        merge = ProfileMerge(plan, task: nil)
    }

    /// What `optin_channel` is unless it is given (spec/imports.md).
    private static let standardChannel = "import"

    /// Merges members in their order.
    func run(
        _ sound: [Int],
        _ outcomes: inout [BulkApplication.Outcome],
        by context: Context,
        in transaction: Transaction
    ) throws {
        var pending = sound.map { (member: $0, keys: keys(of: members[$0])) }
        while !pending.isEmpty {
            let (now, later) = MemberWaves.split(pending)
            var waiting = Set(later)
            var wave = try identify(now, &waiting, &outcomes, transaction)
            sort(&wave)
            let rows = wave.map { row($0.member, $0.identity) }
            let results = try merge.apply(rows, isFresh: false, by: context, in: transaction)
            let again = tooEarly(wave.map { $0.member }, results)
            waiting.formUnion(again)
            for (entry, result) in zip(wave, results) where !again.contains(entry.member) {
                conclude(members[entry.member], result, &outcomes)
            }
            pending.removeAll { !waiting.contains($0.member) }
        }
    }

    /// The members of a wave that were refused what a profile has which a member before them changes:
    /// it may have given that up.
    private func tooEarly(_ wave: [Int], _ results: [MergeResult]) -> Set<Int> {
        guard results.contains(where: { $0.holder != nil }) else { return [] }
        var changed: [ProfileID: Int] = [:]
        for (member, result) in zip(wave, results) where result.outcome == .updated {
            if let profile = result.profile { changed[profile] = member }
        }
        let early = zip(wave, results).filter { member, result in
            result.holder.flatMap { changed[$0] }.map { $0 < member } ?? false
        }
        return Set(early.map { $0.0 })
    }

    /// Puts many members into the order of an index that finds them, so that neighbours are written
    /// together; those of one bulk stay as they came.
    private func sort(_ wave: inout [(member: Int, identity: MergeIdentity)]) {
        guard bulks.count > 1, let leading = keyAttributes.first else { return }
        let texts = wave.map { members[$0.member].cell(leading)?.keyText ?? "" }
        let order = wave.indices.sorted { texts[$0] < texts[$1] }
        wave = order.map { wave[$0] }
    }

    /// Whatever a member says that could name a profile, before or after it was changed, and what one
    /// profile alone can have.
    private func keys(of member: GivenMember) -> [MemberKey] {
        var keys: [MemberKey] = []
        if operation == .update, let profile = member.profile {
            keys.append(MemberKey(attribute: nil, text: "\(profile)"))
        }
        for attribute in keyAttributes {
            guard let text = member.cell(attribute)?.keyText else { continue }
            keys.append(MemberKey(attribute: attribute, text: text))
        }
        return keys
    }

    /// Finds the profiles of members that share no key.
    ///
    /// Of two that turn out to name one profile, the later waits.
    private func identify(
        _ wave: [Int],
        _ waiting: inout Set<Int>,
        _ outcomes: inout [BulkApplication.Outcome],
        _ connection: Connection
    ) throws -> [(member: Int, identity: MergeIdentity)] {
        let found = try candidates(wave, connection)
        var taken: Set<ProfileID> = []
        var identified: [(member: Int, identity: MergeIdentity)] = []
        for (member, profiles) in zip(wave, found) {
            guard profiles.count < 2 else {
                outcomes[members[member].bulk].fail(members[member], [ambiguity])
                continue
            }
            if let profile = profiles.first {
                guard taken.insert(profile).inserted else {
                    waiting.insert(member)
                    continue
                }
                identified.append((member, .profile(profile)))
            } else if operation == .create {
                identified.append((member, .new))
            } else {
                outcomes[members[member].bulk].fail(members[member], [stranger])
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
        if operation == .update, identifierType == .id {
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
        switch (operation, identifierType) {
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
        row.collection = Collection(
            source: member.channel ?? BulkMerge.standardChannel,
            way: member.subchannel ?? bulks[member.bulk].importID,
            moment: bulks[member.bulk].createdAt
        )
        return row
    }

    private func conclude(
        _ member: GivenMember,
        _ result: MergeResult,
        _ outcomes: inout [BulkApplication.Outcome]
    ) {
        if let refusal = result.refusal {
            let (property, value) = named(refusal.column, of: member)
            let problem = MemberProblem(refusal, property: property, value: value)
            outcomes[member.bulk].fail(member, [problem])
            return
        }
        let warnings = result.warnings.map { entry in
            let (property, value) = named(entry.column, of: member)
            return MemberProblem(property ?? "", value: value, entry.warning)
        }
        outcomes[member.bulk].accept(member, result.outcome, member.warnings + warnings)
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
    /// What tells the value from others, as text; nil for none.
    fileprivate var keyText: String? {
        switch self {
        case .null: nil
        case .text(let text): text
        case .borrowed(let bytes): String(decoding: bytes, as: UTF8.self)
        case .integer(let number): "\(number)"
        case .double(let number): "\(number)"
        }
    }
}
