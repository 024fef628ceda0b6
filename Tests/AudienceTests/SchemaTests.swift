// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Tasks
import TestSupport
import Testing

struct SchemaTests {
    /// Tables of the room that hold nothing on a person.
    private static let impersonal: Set = [
        "profile_table", "attribute", "list", "search", "search_execution", "custom_table",
        "segmentation", "segment",
    ]

    private func tables(_ migrations: [Migration]) -> [TableDefinition] {
        migrations.flatMap(\.steps).compactMap { step in
            guard case .createTable(let table) = step else { return nil }
            return table
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `every table of the room has a section that answers for it or is impersonal`(
        _ engine: TestEngine
    )
        throws
    {
        let relations = Dossier.ownSections.flatMap(\.relations)
        #expect(Set(relations).count == relations.count)
        let world = try World(engine)
        let custom = try world.customTable()
        // The tables that are there once a profile table was made, but for other rooms'.
        let others = tables(TaskSchema.migrations + DatabaseSchema.migrations).map(\.name)
        let names = try world.database.readBlocking { try $0.tableNames() }
        let own = Set(names).subtracting(others).subtracting(["schema_migration"])
        let physical = [
            world.table.physicalName: ProfileRelation.attributes,
            world.table.recencyName: ProfileRelation.recency,
            custom.physicalName: ProfileRelation.customRows,
        ]
        let claimed = Set(relations).union(Self.impersonal)
        #expect(Set(own.map { physical[$0] ?? $0 }) == claimed)
        #expect(Set(relations).isDisjoint(with: Self.impersonal))
    }

    @Test(arguments: TestEngine.allCases)
    func `every statement on a scoped table binds the workspace`(_ engine: TestEngine) throws {
        let world = try World(engine)
        try everything(world)
        let scoped = tables(
            TaskSchema.migrations + AudienceSchema.migrations + DatabaseSchema.migrations
        ).filter(\.isScoped).map(\.name)
        let checked = world.statements.statements().sorted().filter { statement in
            !statement.contains("-- all workspaces") && !isDefinition(statement)
                && !words(statement).isDisjoint(with: scoped)
        }
        #expect(checked.count > 30)
        for statement in checked { #expect(binds(statement), "\(statement)") }
        let unread = ["profile_table", "attribute", "list", "subscription", "import_row", "search"]
            .filter { table in !checked.contains { words($0).contains(table) } }
        #expect(unread.isEmpty)
    }

    private func isDefinition(_ statement: String) -> Bool {
        statement.hasPrefix("CREATE") || statement.hasPrefix("ALTER")
    }

    private func words(_ statement: String) -> Set<String> {
        Set(
            statement.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
        )
    }

    /// A row to insert names the workspace; anything else is found by it.
    private func binds(_ statement: String) -> Bool {
        if statement.hasPrefix("INSERT") || statement.hasPrefix("COPY") {
            return words(statement).contains("workspace_id")
        }
        return statement.contains("workspace_id = $")
    }

    /// Calls all that the room can do.
    private func everything(_ world: World) throws {
        let tests = DoNotContactStore(world.workspace)
        let made = try world.create(["userId": "u1", "email": "a@x.be", "marketingConsent": "1"])
        try world.update(made.id, ["firstName": "Ann", "marketingConsent": "0"])
        var merge = try Merging(world, ["userId", "firstName", "marketingConsent"])
        merge.lists = [world.newsletter, world.club]
        merge.task = try world.importTask()
        _ = try merge([["u1", "A", "", "1", "1"], ["u2", "B", "1", "0", ""]])
        _ = try merge([["u3", "A", "", "1", "1"]], isFresh: true)
        _ = try world.subscribe(false, made.id, world.newsletter)
        try custom(world, merge.task)
        try world.database.writeBlocking { transaction in
            let context = world.context()
            _ = try SubscriptionStore(world.workspace).confirm(
                made.id,
                on: world.club,
                table: world.table,
                by: context,
                in: transaction
            )
            _ = try ListStore(world.workspace).list(named: "club", in: transaction)
            _ = try ProfileTableStore(world.workspace).all(in: transaction)
            try RecencyStore(world.table).touch(
                .lastEmailSentMoment,
                of: [made.id],
                at: context.moment,
                in: transaction
            )
            _ = try tests.add(.email, "a@x.be", reason: "", by: context, in: transaction)
            _ = try tests.page(.email, limit: 2, in: transaction)
            try ledger(world, merge.task, transaction)
            try searches(world, merge.task, transaction)
            _ = try Dossier().chapters(of: made, in: transaction)
            _ = try Erasure(Dossier()).erase(
                made.id,
                from: world.table,
                Collection(),
                by: context,
                in: transaction
            )
            _ = try tests.remove(.email, "a@x.be", in: transaction)
        }
    }

    private func custom(_ world: World, _ task: TaskID) throws {
        let orders = try world.customTable()
        let row = try world.createRow(["orderNumber": "1", "userId": "u1"], in: orders)
        try world.updateRow(row.id, ["amount": "2"], in: orders)
        try world.createRow(["orderNumber": "2", "userId": "u1"], in: orders)
        try world.delete(row.id, from: orders)
        try world.database.writeBlocking { transaction in
            let store = CustomTableStore(world.workspace)
            _ = try store.all(in: transaction)
            try store.rename(orders.id, to: "O", by: world.context(), in: transaction)
            try store.add(NewAttribute("x", .integer), to: orders, in: transaction)
            let segmentations = SegmentationStore(world.workspace)
            let made = try segmentations.create(
                SegmentationDefinition(
                    name: "all",
                    kind: .simple,
                    segments: [NewSegment(.everyone)]
                ),
                over: world.table,
                by: world.context(),
                in: transaction
            )
            try segmentations
                .update(made.id, to: made.definition, by: world.context(), in: transaction)
            _ = try segmentations.segmentation(named: "ALL", in: transaction)
            _ = try segmentations.counts(of: made, in: transaction)
            let refreshes = SegmentRefreshes(world.workspace)
            let context = world.context()
            try refreshes.startDaily(by: context, in: transaction)
            try refreshes
                .start(after: task, into: world.table.id, by: context, in: transaction)
        }
    }

    private func ledger(_ world: World, _ task: TaskID, _ transaction: Transaction) throws {
        let ledger = ImportLedger(world.workspace)
        let problem = ImportProblem(
            line: 9,
            number: 1,
            batch: 0,
            outcome: "notSaved",
            column: nil,
            code: "c",
            message: "m",
            fields: ["a@x.be"],
            identifier: "u1",
            profile: nil
        )
        try ledger.record([problem], of: task, in: transaction)
        _ = try ledger.problems(of: task, in: transaction)
        _ = try ledger.failedLines(of: task, in: transaction)
        _ = try ledger.profileCount(of: task, in: transaction)
        try ledger.clear(lines: [8], of: task, in: transaction)
    }

    private func searches(_ world: World, _ task: TaskID, _ transaction: Transaction) throws {
        let store = SearchStore(world.workspace, SearchCompiler())
        let expression = try SearchExpression(
            text: #"{"any":[{"list":"club"},{"import":\#(task)}]}"#
        )
        let search = try store.create(
            name: "s",
            over: world.table,
            expression,
            by: world.context(),
            in: transaction
        )
        try store.update(search.id, name: "t", expression, by: world.context(), in: transaction)
        _ = try store.all(in: transaction)
        _ = try store.search(named: "t", in: transaction)
        let condition = try SearchCompiler().compile(
            expression,
            over: world.table,
            at: world.time.now(),
            in: transaction
        )
        _ = try ProfileSearch(world.table, condition).count(in: transaction)
        _ = try ProfileSearch(world.table, condition).profileIDs(limit: 2, in: transaction)
        try store.delete(search.id, in: transaction)
    }
}
