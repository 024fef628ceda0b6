// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Imports
import Tasks
import TestSupport
import Testing

/// Files of rows of custom tables, by the pipeline of profile imports.
@Suite struct CustomTableImportTests {
    private static let orders = ImportPlan(customTable: "orders")
    private static let people = "userId\nann\nbob\n"

    private func table(
        _ harness: ImportHarness,
        _ name: String = "orders",
        _ kind: CustomTableKind = .linkedData,
        key: String? = "number"
    ) throws -> CustomTable {
        try harness.database.writeBlocking { transaction in
            try CustomTableStore(harness.workspace).create(
                name: name,
                displayName: name,
                kind: kind,
                owners: kind.hasOwner
                    ? try ProfileTableStore(harness.workspace)
                        .table(named: "profiles", in: transaction) : nil,
                attributes: [
                    NewAttribute("number", .string), NewAttribute("amount", .number),
                    NewAttribute("card", .string, isUnique: true),
                ],
                businessKey: key,
                by: harness.context,
                in: transaction
            )
        }
    }

    private func rows(_ table: CustomTable, _ harness: ImportHarness) throws -> [String] {
        let rows = try harness.database.readBlocking {
            try CustomRowStore(table).page(limit: 100_000, in: $0)
        }
        return rows.map { row in
            let values = table.attributes.map { row.text($0) ?? "" }
            return ([row.profile?.description ?? "-"] + values).joined(separator: " ")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `each row of a file is exactly one outcome`(engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let table = try table(harness)
        _ = try await harness.run(Self.people)
        let ended = try await harness.run(
            """
            number,userId,amount
            1,ann,5
            2,bob,x
            1,ann,6
            ,ann,7
            3,cid,8
            4,,9
            5,bob
            6,bob,10
            """,
            Self.orders
        )
        #expect(ended.task.type == "custom_table_import")
        #expect(ended.task.status == .error)
        #expect(
            ended.lines == [
                "Total: 8", "Imported: 2", "Warnings: 0", "Total failed: 6",
                "Failed by duplicated rows: 1", "Failed by the wrong number of columns: 1",
                "Failed by empty identifier: 1", "Failed during profile saving: 3",
            ]
        )
        #expect(
            ended.verdicts == [
                "3 notSaved notANumber", "4 duplicate duplicate",
                "5 emptyIdentifier emptyIdentifier",
                "6 notSaved unknownProfile", "7 notSaved mandatory", "8 wrongColumns wrongColumns",
            ]
        )
        #expect(try rows(table, harness) == ["1 1 5 ", "2 6 10 "])
        #expect(ended.accepted.isEmpty)
        #expect(ended.acceptedRows.map(\.line) == [2, 9])
    }

    @Test(arguments: TestEngine.allCases)
    func `a second file updates by business key, and what is the same is left alone`(
        engine: TestEngine
    ) async throws {
        let harness = try ImportHarness(engine)
        let table = try table(harness)
        _ = try await harness.run(Self.people)
        _ = try await harness.run("number,userId,amount\n1,ann,5\n2,bob,6\n", Self.orders)
        harness.time.advance(by: .hours(1))
        let ended = try await harness.run(
            "number,userId,amount\n1,ann,5\n2,ann,6\n3,bob,7\n",
            Self.orders
        )
        #expect(ended.breakdown.unchanged == 1)
        #expect(ended.breakdown.updated == 1)
        #expect(ended.breakdown.created == 1)
        #expect(try rows(table, harness) == ["1 1 5 ", "1 2 6 ", "2 3 7 "])
        let moved = try harness.rows(
            "SELECT id FROM \(table.physicalName) WHERE updated_stamp > created_stamp"
        )
        #expect(moved.count == 1)
    }

    @Test(arguments: TestEngine.allCases)
    func `rows without a key of their own are all new, and are changed by their number`(
        engine: TestEngine
    ) async throws {
        let harness = try ImportHarness(engine)
        let table = try table(harness, "visits", .interaction, key: nil)
        _ = try await harness.run(Self.people)
        let plan = ImportPlan(customTable: "visits")
        let first = try await harness.run("profileId,amount\n1,5\n1,5\n2,5\n", plan)
        #expect(first.task.status == .completed, "\(first.task.outcome ?? "")")
        #expect(first.breakdown.created == 3)
        let id = try harness.rows("SELECT max(id) FROM \(table.physicalName)")[0]
        let number = id.filter(\.isNumber)
        let second = try await harness.run(
            "id,userId,amount\n\(number),bob,8\n,ann,9\n999,ann,1\n",
            plan
        )
        #expect(second.verdicts == ["4 notSaved unknownRow"])
        #expect(second.breakdown.updated == 1)
        #expect(second.breakdown.created == 1)
        #expect(try rows(table, harness) == ["1  5 ", "1  5 ", "2  8 ", "1  9 "])
    }

    @Test(arguments: TestEngine.allCases)
    func `a repository needs no profile, and a unique value is taken once`(
        engine: TestEngine
    ) async throws {
        let harness = try ImportHarness(engine)
        let table = try table(harness, "shops", .repository)
        let ended = try await harness.run(
            "number,card\n1,a\n2,a\n3,b\n",
            ImportPlan(customTable: "shops")
        )
        #expect(ended.verdicts == ["3 notSaved uniqueTakenInFile"])
        #expect(try rows(table, harness) == ["- 1  a", "- 3  b"])
    }

    @Test(arguments: TestEngine.allCases)
    func `a dry run writes nothing and says what would happen`(engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let table = try table(harness)
        _ = try await harness.run(Self.people)
        let ended = try await harness.run(
            "number,userId\n1,ann\n2,nobody\n",
            Self.orders,
            isDryRun: true
        )
        #expect(ended.breakdown.created == 1)
        #expect(ended.verdicts == ["3 notSaved unknownProfile"])
        #expect(try rows(table, harness).isEmpty)
        #expect(ended.acceptedRows.isEmpty)
    }

    @Test(arguments: TestEngine.allCases)
    func `a corrected rejects file is replayed into its task`(engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let table = try table(harness)
        _ = try await harness.run(Self.people)
        let task = try await harness.run("number,userId\n1,ann\n2,nobody\n3,\n", Self.orders).task
            .id
        let corrected = try harness.rejects(of: task)
            .replacing("2,nobody", with: "2,bob").replacing("3,,", with: "1,bob,")
        let replay = try await harness.replay(corrected, into: task)
        #expect(replay.task.type == "custom_table_import")
        let ended = try harness.ended(task)
        #expect(ended.breakdown.imported == 2)
        #expect(ended.verdicts == ["4 duplicate duplicate"])
        #expect(ended.acceptedRows.map(\.batch) == [0, 1])
        #expect(try rows(table, harness) == ["1 1  ", "2 2  "])
    }

    @Test(arguments: TestEngine.allCases)
    func `an import that is cut goes on behind its last batch`(engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let table = try table(harness, "visits", .interaction, key: nil)
        _ = try await harness.run(Self.people)
        let lines = (1...900).map { "\($0 % 2 == 0 ? "ann" : "bob"),\($0)" }
        let text = "userId,amount\n" + lines.joined(separator: "\n")
        let task = try harness.enqueue(Array(text.utf8), ImportPlan(customTable: "visits"))
        harness.recorder.arm("import.batch")
        try await harness.worker.runUntilIdle()
        try await harness.recover()
        #expect(try harness.ended(task).breakdown.created == 900)
        #expect(try rows(table, harness).count == 900)
        #expect(try harness.ended(task).acceptedRows.count == 900)
    }

    @Test(arguments: TestEngine.allCases)
    func `someone who is erased is found in rejected lines by its key`(
        engine: TestEngine
    ) async throws {
        let harness = try ImportHarness(engine)
        _ = try table(harness)
        _ = try await harness.run(Self.people)
        let task = try await harness.run("number,userId,amount\n1,ann,x\n2,bob,y\n", Self.orders)
        #expect(task.problems.count == 2)
        _ = try harness.database.writeBlocking { transaction in
            try Erasure(Dossier()).erase(
                ProfileID(1),
                from: try ProfileTableStore(harness.workspace)
                    .table(named: "profiles", in: transaction),
                Collection(),
                by: harness.context,
                in: transaction
            )
        }
        let fields = try harness.ended(task.task.id).problems.map { $0.fields?.last }
        #expect(fields == [nil, "y"])
    }
}

extension ImportPlan {
    fileprivate init(customTable: String) {
        self.init()
        self.customTable = customTable
    }
}
