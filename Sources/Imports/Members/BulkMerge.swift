// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database

/// Merges the sound members of bulks that are meant alike, wave by wave.
struct BulkMerge {
    private let bulks: [MemberBulk]
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
        self.reader = reader
        self.members = members
        let given = Set(sound.flatMap { members[$0].values.map(\.attribute) })
        // A member that lacks one is told so by its name, whatever others give.
        let mandatory = reader.table.attributes.indices.filter {
            reader.operation == .create && reader.table.attributes[$0].isMandatory
        }
        let used = given.union(mandatory).sorted()
        columns = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
        lists = Set(sound.flatMap { members[$0].standings.map(\.list) }).sorted()
        let unique = reader.table.attributes.indices.filter {
            reader.table.attributes[$0].isUnique
        }
        keyAttributes = Set(unique + [reader.emailAddress, reader.mobileNumber].compactMap(\.self))
            .sorted()
        let several = reader.operation == .update ? bulks[0].severalValues : .replace
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
    ///
    /// A wave ends before the first member whose profile, or whose unique value, a member before it may
    /// change: what that member comes to is known only then.
    func run(
        _ sound: [Int],
        _ outcomes: inout [BulkApplication.Outcome],
        by context: Context,
        in transaction: Transaction
    ) throws {
        let pending = sound.map { (member: $0, keys: keys(of: members[$0])) }
        var waves = MemberWaves(pending.map(\.keys))
        while let wave = waves.next() {
            let found = try identify(wave.map { pending[$0].member }, transaction)
            let rows = found.compactMap { entry in entry.identity.map { row(entry.member, $0) } }
            let results = try merge.forecast(rows, in: transaction)
            let end = BulkMerge.end(of: found, results)
            waves.took(end)
            try write(found.prefix(end), rows, results, &outcomes, context, transaction)
        }
    }

    /// A member of a wave, with what names its profile; nil for one that is not saved.
    private struct Found {
        var member: Int
        var identity: MergeIdentity?
        var problem: MemberProblem?
    }

    /// How many members of a wave come before the first that wants a unique value of someone whom one of
    /// them may change.
    private static func end(of found: [Found], _ results: [MergeResult]) -> Int {
        var results = results[...]
        var named: Set<ProfileID> = []
        for (place, entry) in found.enumerated() {
            guard let identity = entry.identity, let result = results.popFirst() else { continue }
            if let holder = result.holder, named.contains(holder) { return place }
            if case .profile(let profile) = identity { named.insert(profile) }
        }
        return found.count
    }

    /// Writes what members come to; many in the order of an index that finds them, so that neighbours
    /// are written together, those of one bulk as they came.
    private func write(
        _ found: ArraySlice<Found>,
        _ rows: [MergeRow],
        _ results: [MergeResult],
        _ outcomes: inout [BulkApplication.Outcome],
        _ context: Context,
        _ transaction: Transaction
    ) throws {
        for entry in found {
            guard let problem = entry.problem else { continue }
            outcomes[members[entry.member].bulk].fail(members[entry.member], [problem])
        }
        let saved = found.filter { $0.identity != nil }.map(\.member)
        let order = writingOrder(of: saved)
        let written = try merge.apply(
            order.map { rows[$0] },
            decided: order.map { results[$0] },
            by: context,
            in: transaction
        )
        for (place, result) in zip(order, written) {
            conclude(members[saved[place]], result, &outcomes)
        }
    }

    private func writingOrder(of saved: [Int]) -> [Int] {
        guard bulks.count > 1, let leading = keyAttributes.first else {
            return Array(saved.indices)
        }
        let texts = saved.map { members[$0].cell(leading)?.keyText ?? "" }
        return saved.indices.sorted { texts[$0] < texts[$1] }
    }

    /// Whatever a member says that could name a profile, before or after it was changed, and what one
    /// profile alone can have.
    private func keys(of member: GivenMember) -> [MemberKey] {
        var keys: [MemberKey] = []
        if reader.operation == .update, let profile = member.profile {
            keys.append(MemberKey(attribute: nil, text: "\(profile)"))
        }
        for attribute in keyAttributes {
            guard let text = member.cell(attribute)?.keyText else { continue }
            keys.append(MemberKey(attribute: attribute, text: text))
        }
        return keys
    }

    /// Finds the profiles of members that share no key, up to the first that may mean the profile of one
    /// before it.
    private func identify(_ wave: [Int], _ connection: Connection) throws -> [Found] {
        var taken: Set<ProfileID> = []
        var found: [Found] = []
        for (member, profiles) in zip(wave, try candidates(wave, connection)) {
            guard taken.isDisjoint(with: profiles) else { break }
            if profiles.count > 1 {
                found.append(Found(member: member, problem: ambiguity))
            } else if let profile = profiles.first {
                taken.insert(profile)
                found.append(Found(member: member, identity: .profile(profile)))
            } else if reader.operation == .create {
                found.append(Found(member: member, identity: .new))
            } else {
                found.append(Found(member: member, problem: stranger))
            }
        }
        return found
    }

    /// The profiles that each member may mean.
    private func candidates(
        _ wave: [Int],
        _ connection: Connection
    ) throws -> [Set<ProfileID>] {
        var found = [Set<ProfileID>](repeating: [], count: wave.count)
        if reader.operation == .update, reader.identifierType == .id {
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
        switch (reader.operation, reader.identifierType) {
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
