// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Foundation
import Synchronization
import TestSupport

/// Eight writers that change one table through the real stores until enough was changed.
///
/// Each transaction has a moment of its own, a second apart, so that a line of a file names it.
final class Writers: Sendable {
    let nodes: [Database]
    let table: ProfileTable
    let list: MailingList
    private let seed: UInt64
    private let total: Int
    private let pools: [Pool]
    private let changes = Atomic<Int>(0)
    private let transactions = Atomic<Int64>(0)
    private let running: Atomic<Int>
    private let undone = Atomic<Int>(0)
    private let end = Gate()

    static let count = 8

    init(_ nodes: [Database], _ table: ProfileTable, _ list: MailingList, seed: UInt64, total: Int)
    {
        self.nodes = nodes
        self.table = table
        self.list = list
        self.seed = seed
        self.total = total
        pools = (0..<Writers.count).map { _ in Pool() }
        running = Atomic(Writers.count)
    }

    /// The profiles that one writer made and that are there.
    private final class Pool: Sendable {
        private let ids = Mutex<[ProfileID]>([])

        func add(_ new: [ProfileID]) { ids.withLock { $0 += new } }

        func random(_ count: Int, _ random: inout SeededRandomness) -> [ProfileID] {
            ids.withLock { ids in
                guard !ids.isEmpty else { return [] }
                return (0..<count).map { _ in ids[Int.random(in: ids.indices, using: &random)] }
            }
        }

        func take(_ random: inout SeededRandomness) -> ProfileID? {
            ids.withLock { ids in
                guard !ids.isEmpty else { return nil }
                let place = Int.random(in: ids.indices, using: &random)
                ids.swapAt(place, ids.count - 1)
                return ids.removeLast()
            }
        }
    }

    private struct GivenUp: Error {}

    var isAtWork: Bool { running.load(ordering: .acquiring) > 0 }

    /// How many rows were changed, and how many transactions were rolled back.
    var result: (changes: Int, undone: Int) {
        (changes.load(ordering: .acquiring), undone.load(ordering: .acquiring))
    }

    /// Lets the writers end when they have changed enough; until then they stay, and write nothing.
    func allowEnd() { end.open() }

    /// Holds threads back until it is opened.
    private final class Gate: @unchecked Sendable {
        // The condition's lock guards the variable.
        private let change = NSCondition()
        private var isOpen = false

        func open() {
            change.lock()
            defer { change.unlock() }
            isOpen = true
            change.broadcast()
        }

        func pass() {
            change.lock()
            defer { change.unlock() }
            while !isOpen { change.wait() }
        }
    }

    /// Returns when all writers are through.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<Writers.count {
                group.addTask { [self] in
                    defer { running.subtract(1, ordering: .acquiringAndReleasing) }
                    try await onThread { try self.write(lane) }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Each writer has a thread of its own: the database's are for short work.
    private func onThread(_ work: @escaping @Sendable () throws -> Void) async throws {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result { try work() }) }.start()
        }
    }

    private func write(_ lane: Int) throws {
        var random = SeededRandomness(seed: seed &* 1_000 &+ UInt64(lane))
        while changes.load(ordering: .relaxed) < total {
            switch Int.random(in: 0..<12, using: &random) {
            case 0: try subscribe(lane, &random)
            case 1: try erase(lane, &random)
            case 2: try merge(lane, &random, isGivenUp: true)
            default: try merge(lane, &random, isGivenUp: false)
            }
        }
        end.pass()
    }

    private func context(_ database: Database) -> Context {
        let number = transactions.add(1, ordering: .relaxed).newValue
        return Context(
            workspace: table.workspace,
            actor: "writer",
            source: .api,
            moment: ManualTime.monday + .seconds(number)
        )
    }

    /// One profile on or off the list, mostly one's own.
    private func subscribe(_ lane: Int, _ random: inout SeededRandomness) throws {
        let database = nodes[lane % nodes.count]
        let owner =
            Bool.random(using: &random) ? lane : Int.random(in: pools.indices, using: &random)
        guard let profile = pools[owner].random(1, &random).first else { return }
        let isOn = Bool.random(using: &random)
        let context = context(database)
        do {
            let isChanged = try database.writeBlocking { transaction in
                try SubscriptionStore(table.workspace).set(
                    isOn,
                    of: profile,
                    on: list,
                    Collection(),
                    table: table,
                    by: context,
                    in: transaction
                )
            }
            if isChanged { changes.add(1, ordering: .relaxed) }
        } catch AudienceError.noSuchProfile { undone.add(1, ordering: .relaxed) }
    }

    private func erase(_ lane: Int, _ random: inout SeededRandomness) throws {
        let database = nodes[lane % nodes.count]
        let gone = (0..<Int.random(in: 1...4, using: &random)).compactMap { _ in
            pools[lane].take(&random)
        }
        let context = context(database)
        try database.writeBlocking { transaction in
            for profile in gone {
                try Erasure(Dossier())
                    .erase(profile, from: table, Collection(), by: context, in: transaction)
            }
        }
        changes.add(gone.count, ordering: .relaxed)
    }

    /// New and changed profiles in one transaction, as an import has them.
    private func merge(
        _ lane: Int,
        _ random: inout SeededRandomness,
        isGivenUp: Bool
    ) throws {
        let database = nodes[lane % nodes.count]
        let context = context(database)
        let rows = rows(lane, context, &random)
        do {
            let results = try database.writeBlocking(.bulk) { transaction in
                let results = try ProfileMerge(plan, task: nil)
                    .apply(rows, isFresh: false, by: context, in: transaction)
                if isGivenUp { throw GivenUp() }
                return results
            }
            pools[lane].add(results.filter { $0.outcome == .created }.compactMap(\.profile))
            let changed = results.count { $0.refusal == nil && $0.outcome != .unchanged }
            changes.add(changed, ordering: .relaxed)
        } catch is GivenUp {
            undone.add(1, ordering: .relaxed)
        } catch let error as DatabaseError where error.isCollision {
            undone.add(1, ordering: .relaxed)
        }
    }

    private var plan: MergePlan {
        let names = ["userId", "points", "marketingConsent"]
        return MergePlan(
            table: table,
            columns: names.compactMap { table.attribute(named: $0).map { MergeColumn($0) } },
            lists: [list],
            mayResubscribe: true
        )
    }

    private func rows(
        _ lane: Int,
        _ context: Context,
        _ random: inout SeededRandomness
    ) -> [MergeRow] {
        let size = Int.random(in: 1...Int.random(in: 1...800, using: &random), using: &random)
        let stranger = Int.random(in: pools.indices, using: &random)
        let known =
            pools[lane].random(size / 2, &random) + pools[stranger].random(size / 20, &random)
        let number = context.moment.microseconds / 1_000_000
        var rows = Set(known).sorted().map { MergeRow(.profile($0), cells: cells(nil, &random)) }
        for index in 0..<(size - size / 2) {
            rows.append(MergeRow(.new, cells: cells("u\(lane)-\(number)-\(index)", &random)))
        }
        for index in rows.indices { rows[index].standings = [maybe(&random)] }
        return rows
    }

    private func cells(_ name: String?, _ random: inout SeededRandomness) -> [Cell?] {
        let points = Int64.random(in: 0..<1 << 40, using: &random)
        let consent = maybe(&random).map { Cell.integer($0 ? 1 : 0) }
        return [name.map { Cell.text($0) }, .integer(points), consent]
    }

    private func maybe(_ random: inout SeededRandomness) -> Bool? {
        guard Int.random(in: 0..<4, using: &random) == 0 else { return nil }
        return Bool.random(using: &random)
    }
}
