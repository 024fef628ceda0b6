// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Exports
import Files
import Foundation
import Synchronization
import Tasks
import TestSupport
import Testing

/// Exports beside transactions that stay open, which only PostgreSQL has.
@Suite struct OpenTransactionTests {
    @Test(arguments: [
        ExportPair.profileCreated, .profileCreatedOrUpdated, .profileChangesSubscriptionUpdates,
        .profileChangesDeleted,
    ])
    func `what commits late is in the next file, once`(pair: ExportPair) async throws {
        let world = try await World(.postgres)
        let table = try await world.table()
        let list = try await world.list("news", of: table)
        let old = try await world.create(["userId": "old"], in: table)
        let older = try await world.create(["userId": "older"], in: table)
        let export = try await world.export(
            try world.definition(pair, table) { $0.columns = [ExportColumn("profileId")] }
        )
        _ = try await world.ids(export)
        let context = world.context
        let act = { @Sendable (id: ProfileID, name: String, transaction: Transaction) in
            try world.act(pair, id, name, table, list, context, transaction)
        }
        let slow = HeldTransaction(in: world.database)
        let first = try slow.perform { try act(old, "slow", $0) }
        let second = try await world.database.write { try act(older, "fast", $0) }
        #expect(try await world.ids(export) == ["\(second)"])
        world.time.advance(by: .hours(1))
        #expect(try await world.ids(export) == [])
        world.time.advance(by: .hours(1))
        try slow.commit()
        #expect(try await world.ids(export) == ["\(first)"])
        world.time.advance(by: .hours(1))
        #expect(try await world.ids(export) == [])
        #expect(try world.verify().gap == nil)
    }

    @Test func `a row that changes before each file is in each, while another transaction is open`()
        async throws
    {
        let world = try await World(.postgres)
        let (table, export) = try await world.numbers()
        let changed = try await world.create(["userId": "a", "points": "0"], in: table)
        let other = try await world.create(["userId": "b", "points": "0"], in: table)
        #expect(try await world.lines(export) == ["\(changed);0", "\(other);0"])
        let held = HeldTransaction(in: world.database)
        let context = world.context
        try held.perform { transaction in
            try ProfileStore(table).update(
                other,
                values: ["points": "100"],
                by: context,
                in: transaction
            )
        }
        for round in 1...6 {
            world.time.advance(by: .hours(1))
            try await world.update(changed, ["points": "\(round)"], in: table)
            #expect(try await world.lines(export) == ["\(changed);\(round)"])
        }
        // The row's stamp goes back: the transaction has an older id than all that came before.
        try held.perform { transaction in
            try ProfileStore(table).update(
                changed,
                values: ["points": "7"],
                by: context,
                in: transaction
            )
        }
        world.time.advance(by: .hours(1))
        #expect(try await world.lines(export) == [])
        try held.commit()
        world.time.advance(by: .hours(1))
        #expect(try await world.lines(export) == ["\(changed);7", "\(other);100"])
        world.time.advance(by: .hours(1))
        #expect(try await world.lines(export) == [])
        #expect(try world.verify().gap == nil)
    }

    @Test func `a profile that an older transaction changed counts as updated`() async throws {
        let world = try await World(.postgres)
        let table = try await world.table()
        let export = try await world.export(try world.definition(.profileUpdated, table))
        let held = HeldTransaction(in: world.database)
        _ = try held.perform { try $0.stamp() }
        let young = try await world.create(["userId": "a"], in: table)
        #expect(try await world.ids(export) == [])
        let context = world.context
        try held.perform { transaction in
            try ProfileStore(table)
                .update(young, values: ["points": "1"], by: context, in: transaction)
        }
        try held.commit()
        world.time.advance(by: .hours(1))
        #expect(try await world.ids(export) == ["\(young)"])
    }

    @Test func `rows that change between two pages are left to the next file, wherever they go`()
        async throws
    {
        let hook = PageHook()
        let world = try await World(.postgres, record: { hook.note($0) })
        let (table, export) = try await world.numbers()
        let held = HeldTransaction(in: world.database)
        _ = try held.perform { try $0.stamp() }
        try await world.fill(table, 5_000)
        hook.beforeSecondPage {
            // One row that was read, and one that was not, go below all others.
            _ = try? held.perform { transaction in
                try transaction.execute(
                    "UPDATE \(table.physicalName) SET updated_stamp = $1 WHERE id IN (10, 4990)",
                    [try transaction.stamp()]
                )
            }
            try? held.commit()
        }
        var expected = Set((1...5_000).map { "\($0);" })
        let first = try await world.lines(export)
        #expect(hook.pages == 3)
        #expect(first.count == 4_999 && !first.contains("4990;"))
        expected.subtract(first)
        world.time.advance(by: .hours(1))
        #expect(try await world.lines(export).sorted() == ["10;", "4990;"])
        #expect(expected == ["4990;"])
    }

    @Test func `a transaction that stays open makes no window read what earlier ones read`()
        async throws
    {
        let world = try await World(.postgres)
        let (table, export) = try await world.numbers()
        let held = HeldTransaction(in: world.database)
        _ = try held.perform { try $0.stamp() }
        try await world.fill(table, 3_000)
        #expect(try await world.lines(export).count == 3_000)
        world.time.advance(by: .hours(1))
        try await world.update(ProfileID(7), ["points": "1"], in: table)
        let task = try await world.execute(export)
        #expect(task.progressTotal ?? 0 < 3_000)
        #expect(try await world.runs(of: export).first?.sealed?.rows == 1)
        try held.rollback()
    }

    @Test(arguments: TestEngine.allCases)
    func `a cut-off below its predecessor ends in words`(engine: TestEngine) async throws {
        let world = try await World(engine)
        let (table, export) = try await world.numbers()
        try await world.create(["userId": "a"], in: table)
        #expect(try await world.lines(export).count == 1)
        let far = Stamp(epoch: 9, number: 1)
        let tick = Tick(
            id: 99,
            moment: world.time.now(),
            bounds: TickBounds(min: far, max: far, open: [])
        )
        try await world.database.write { transaction in
            try transaction.execute("UPDATE export SET cut_off = $1", [JSONColumn(tick)])
        }
        let task = try await world.execute(export)
        #expect(task.status == .fatal)
        #expect(task.outcome?.contains("clock") == true, "\(task)")
        #expect(try await world.runs(of: export).count == 1)
    }
}

/// Does something before an export reads its second page.
private final class PageHook: Sendable {
    private struct State {
        var pages = 0
        var action: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    var pages: Int { state.withLock { $0.pages } }

    func beforeSecondPage(_ action: @escaping @Sendable () -> Void) {
        state.withLock { $0 = State(action: action) }
    }

    /// Counts the pages of the last segment, which alone has so many.
    func note(_ sql: String) {
        guard sql.contains("LIMIT $4") else { return }
        let action = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.action != nil else { return nil }
            state.pages += 1
            return state.pages == 2 ? state.action : nil
        }
        action?()
    }
}

extension World {
    /// A table, and an export of profile id and points.
    func numbers(
        _ pair: ExportPair = .profileCreatedOrUpdated
    ) async throws -> (ProfileTable, ExportID) {
        let table = try await table()
        let export = try await export(
            try definition(pair, table) {
                $0.columns = [ExportColumn("profileId"), ExportColumn("points")]
            }
        )
        return (table, export)
    }

    /// Executes an export and gives the lines of its file, without the header.
    func lines(_ export: ExportID) async throws -> [String] {
        try await file(export).split(separator: "\n").dropFirst().map(String.init)
    }

    /// What makes a row of an export type.
    ///
    /// - Returns: The id of the profile that it is about.
    fileprivate func act(
        _ pair: ExportPair,
        _ id: ProfileID,
        _ name: String,
        _ table: ProfileTable,
        _ list: MailingList,
        _ context: Context,
        _ transaction: Transaction
    ) throws -> ProfileID {
        switch pair {
        case .profileChangesDeleted:
            _ = try Erasure(Dossier())
                .erase(id, from: table, Collection(), by: context, in: transaction)
        case .profileChangesSubscriptionUpdates:
            try SubscriptionStore(workspace).set(
                true,
                of: id,
                on: list,
                Collection(),
                table: table,
                by: context,
                in: transaction
            )
        default:
            return try ProfileStore(table)
                .create(values: ["userId": name], by: context, in: transaction).profile.id
        }
        return id
    }
}
