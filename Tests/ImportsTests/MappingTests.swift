// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Files
import Imports
import Tasks
import TestSupport
import Testing

@Suite struct MappingTests {
    private func plan(_ columns: ColumnMapping..., identifiers: [String] = []) -> ImportPlan {
        ImportPlan(
            mapping: [ColumnMapping("userId", to: .attribute("userId"))] + columns,
            identifiers: identifiers
        )
    }

    @Test(arguments: TestEngine.dialects)
    func `columns are proposed by name, alias and display name`(_ engine: TestEngine) throws {
        let harness = try ImportHarness(engine)
        let table = try harness.table
        let lists = try harness.database.readBlocking { connection in
            try ListStore(harness.workspace).all(of: table.id, in: connection)
        }
        let proposed = ColumnProposal.propose(
            header: ["USERID", "msisdn", "First name", "email", "E-mail address", "Offers", "x"],
            table: table,
            lists: lists
        )
        #expect(
            proposed.map(\.target) == [
                .attribute("userId"), .attribute("gsmNumber"), .attribute("firstName"),
                .attribute("emailAddress"), .ignored, .list("offers"), .ignored,
            ]
        )
    }

    @Test(arguments: TestEngine.dialects)
    func `ignored columns leave nothing`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let plan = plan(ColumnMapping("firstName", to: .ignored))
        let ended = try await harness.run("userId,firstName,lastName\na,Ann,Bee\n", plan)
        #expect(ended.task.status == .completed)
        #expect(try harness.values(of: "firstName") == ["a": ""])
        #expect(try harness.values(of: "lastName") == ["a": ""])
    }

    /// Policy of blanks and updates, then what the second file makes of `Ann` and of nothing.
    static let policies: [(BlankPolicy, UpdatePolicy, String, [String: String])] = [
        (.leave, .always, "a,\nb,\n", ["a": "Ann", "b": ""]),
        (.clear, .always, "a,\nb,\n", ["a": "", "b": ""]),
        (.leave, .always, "a,New\nb,New\n", ["a": "New", "b": "New"]),
        (.leave, .onlyIfEmpty, "a,New\nb,New\n", ["a": "Ann", "b": "New"]),
        (.leave, .onlyOnCreation, "a,New\nb,New\nc,New\n", ["a": "Ann", "b": "", "c": "New"]),
        (.clear, .onlyIfEmpty, "a,\nb,\n", ["a": "Ann", "b": ""]),
    ]

    @Test(arguments: TestEngine.dialects, policies)
    func `policies decide what a column does`(
        _ engine: TestEngine,
        example: (BlankPolicy, UpdatePolicy, String, [String: String])
    ) async throws {
        let (blank, update, rows, names) = example
        let harness = try ImportHarness(engine)
        _ = try await harness.run("userId,firstName\na,Ann\nb,\n")
        let column = ColumnMapping(
            "firstName",
            to: .attribute("firstName"),
            blank: blank,
            update: update
        )
        let ended = try await harness.run("userId,firstName\n\(rows)", plan(column))
        #expect(ended.task.status == .completed)
        #expect(try harness.values(of: "firstName") == names)
    }

    @Test(arguments: TestEngine.allCases)
    func `several values are replaced or appended`(engine: TestEngine) async throws {
        let tags = NewAttribute("tags", .string, isMultiValued: true)
        let harness = try ImportHarness(engine, attributes: [tags])
        _ = try await harness.run("userId,tags\na,\"x,y\"\nb,\"x,y\"\n")
        let column = ColumnMapping("tags", to: .attribute("tags"), several: .append)
        let appended = try await harness.run("userId,tags\na,\"y,z\"\nb,x\n", plan(column))
        #expect(appended.breakdown.updated == 1)
        #expect(appended.breakdown.unchanged == 1)
        let before = try harness.values(of: "tags")
        #expect(before["a"]?.contains("z") == true && before["a"]?.contains("x") == true)
        _ = try await harness.run("userId,tags\na,w\n")
        let after = try harness.values(of: "tags")
        #expect(after["a"]?.contains("w") == true && after["a"]?.contains("x") == false)
    }

    @Test(arguments: TestEngine.allCases)
    func `profiles can be identified by e-mail address`(engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let plan = ImportPlan(identifiers: ["emailAddress"])
        _ = try await harness.run(
            "userId,emailAddress\n1,ann@a.example\n2,ann@A.EXAMPLE\n3,bob@b.example\n"
        )
        let ended = try await harness.run(
            "email,firstName\nbob@B.example,Bob\nann@a.example,Ann\nnew@c.example,New\n",
            plan
        )
        #expect(ended.verdicts == ["3 notSaved ambiguous"])
        #expect(ended.problems.first?.column == "email")
        #expect(ended.breakdown.updated == 1)
        #expect(ended.breakdown.created == 1)
        #expect(try harness.values(of: "firstName")["3"] == "Bob")
    }

    /// Rows with a business key come before those without, whatever their order in the file.
    @Test(arguments: TestEngine.allCases)
    func `several identifiers are tried in their order`(engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let plan = ImportPlan(identifiers: ["userId", "emailAddress"])
        let ended = try await harness.run(
            """
            userId,emailAddress,firstName
            ,ann@a.example,Second
            1,ann@a.example,First
            ,,Nobody
            ,bob@b.example,Bob
            ,bob@b.example,Bis
            """,
            plan
        )
        #expect(ended.verdicts == ["4 emptyIdentifier emptyIdentifier", "6 duplicate duplicate"])
        #expect(ended.breakdown.created == 2)
        #expect(ended.breakdown.updated == 1)
        #expect(try harness.values(of: "firstName") == ["1": "Second", "-": "Bob"])
    }

    @Test(arguments: TestEngine.dialects)
    func `a mapping that does not fit the file or the table ends Fatal`(
        _ engine: TestEngine
    ) async throws {
        let harness = try ImportHarness(engine)
        let file = "userId,x\na,b\n"
        let plans = [
            plan(ColumnMapping("y", to: .attribute("firstName"))),
            plan(ColumnMapping("x", to: .attribute("shoeSize"))),
            plan(ColumnMapping("x", to: .list("nobody"))),
            plan(ColumnMapping("x", to: .attribute("userId"))),
            plan(
                ColumnMapping("x", to: .attribute("firstName")),
                ColumnMapping("x", to: .attribute("lastName"))
            ),
            ImportPlan(table: "nothing"),
            ImportPlan(identifiers: ["emailAddress"]),
        ]
        for plan in plans {
            let ended = try await harness.run(file, plan)
            #expect(ended.task.status == .fatal)
            #expect(ended.task.attempts == 1)
        }
        #expect(try harness.profiles().isEmpty)
    }

    @Test(arguments: TestEngine.dialects)
    func `a mandatory attribute is wanted of new profiles`(_ engine: TestEngine) async throws {
        let level = NewAttribute("level", .integer, isMandatory: true)
        let harness = try ImportHarness(engine, attributes: [level])
        let ended = try await harness.run("userId,level\na,1\nb,\n")
        #expect(ended.verdicts == ["3 notSaved mandatory"])
        let unmapped = try await harness.run("userId,firstName\na,Ann\nc,Cid\n")
        #expect(unmapped.verdicts == ["3 notSaved mandatory"])
        #expect(unmapped.breakdown.updated == 1)
    }
}
