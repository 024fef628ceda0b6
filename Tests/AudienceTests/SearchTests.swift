// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import TestSupport
import Testing

struct SearchTests {
    /// Five people; the clock stands at Monday 2026-03-02, 08:00 UTC.
    private func people(_ engine: TestEngine) throws -> World {
        let world = try World(engine)
        var merge = try Merging(
            world,
            [
                "userId", "firstName", "language", "points", "weight", "born", "seenAt", "tags",
                "sizes", "emailEnabled", "email", "msisdn",
            ]
        )
        merge.lists = [world.newsletter]
        let all = [
            [
                "u1", "Ann", "fr", "1", "50.5", "1990-01-01", "2026-03-02T07:00:00Z", "a,b", "1,2",
                "1",
                "Ann@x.be", "32470000001", "1",
            ],
            [
                "u2", "ann", "FR", "5", "60", "2026-02-28", "2026-02-01", "b\"c", "12", "0",
                "b@y.be",
                "", "1",
            ],
            ["u3", "Anna%", "nl", "10", "", "2026-03-02", "2025-12-01", ",", "", "", "", "", ""],
            ["u4", "Zoë", "", "-3", "0", "", "", "", "2", "1", "", "33600000000", "0"],
            ["u5", "", "", "", "", "", "", "", "", "", "", "", ""],
        ]
        merge.task = TaskID(90)
        _ = try merge(Array(all[..<3]))
        merge.task = TaskID(91)
        _ = try merge(Array(all[2...]))
        _ = try world.subscribe(false, ProfileID(2), world.newsletter)
        _ = try world.subscribe(true, ProfileID(4), world.club)
        try world.database.writeBlocking { transaction in
            let recency = RecencyStore(world.table)
            let now = world.time.now()
            for (id, days) in [(Int64(1), Int64(1)), (2, 100)] {
                try recency.touch(
                    .lastEmailOpenMoment,
                    of: [ProfileID(id)],
                    at: now - .days(days),
                    in: transaction
                )
            }
        }
        return world
    }

    private func search(
        _ text: String,
        _ world: World,
        _ terms: [any SearchTerm] = []
    ) throws
        -> [Int64]
    {
        try world.database.readBlocking { connection in
            let condition = try SearchCompiler(terms).compile(
                try SearchExpression(text: text),
                over: world.table,
                at: world.time.now(),
                in: connection
            )
            let search = ProfileSearch(world.table, condition)
            let ids = try search.profileIDs(limit: 100, in: connection)
            #expect(try search.count(in: connection) == ids.count)
            #expect(try search.preview(100, in: connection).map(\.id) == ids)
            return ids.map(\.value)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a search finds whom it names`(_ engine: TestEngine) throws {
        let world = try people(engine)
        for (text, expected) in SearchTables.expectations {
            #expect(try search(text, world) == expected, "\(text)")
        }
    }

    @Test(arguments: SearchTables.mistakes)
    func `a mistake is named with its place`(
        _ text: String,
        _ path: String,
        _ words: String
    )
        throws
    {
        let world = try World(.memory)
        let error = try audienceError { _ = try search(text, world) }
        #expect(error == .badExpression(words, path: path))
    }

    @Test(arguments: TestEngine.dialects)
    func `an expression nested without end is refused`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let text =
            String(repeating: #"{"not":"#, count: 100) + #"{"all":[]}"#
            + String(repeating: "}", count: 100)
        let error = try audienceError { _ = try search(text, world) }
        guard case .badExpression("nested too deeply", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `nothing that a user typed is part of the SQL text`(_ engine: TestEngine) throws {
        let world = try people(engine)
        for (text, _) in SearchTables.expectations { _ = try search(text, world) }
        _ = try search(#"{"attribute":"firstName","is":"typed-by-a-user"}"#, world)
        _ = try search(#"{"attribute":"firstName","contains":"typed-by-a-user"}"#, world)
        let statements = world.statements.statements().sorted()
        for typed in ["typed-by-a-user", "Anna", "firstName", "newsletter", "OR 1=1"] {
            #expect(!statements.contains { $0.contains(typed) }, "\(typed)")
        }
    }

    /// Stands for another room's term: profiles by parity of their id.
    private struct ParityTerm: SearchTerm {
        let keywords = ["odd", "even"]

        func condition(
            _ keyword: String,
            _ value: JSONValue,
            _ scope: inout SearchScope
        ) throws
            -> String
        {
            guard case .object(let object) = value, case .integer(let below)? = object["below"]
            else { throw scope.error("expected a number", at: "\(keyword).below") }
            let rest = scope.bind(keyword == "odd" ? 1 : 0)
            return "p.id % 2 = \(rest) AND p.id < \(scope.bind(below)) OR p.id = \(scope.bind(99))"
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `another room's term is one condition among the others`(_ engine: TestEngine) throws {
        let world = try people(engine)
        let term = ParityTerm()
        #expect(try search(#"{"odd":{"below":5}}"#, world, [term]) == [1, 3])
        #expect(try search(#"{"not":{"even":{"below":9}}}"#, world, [term]) == [1, 3, 5])
        let mixed =
            #"{"all":[{"attribute":"language","is":"fr"},{"even":{"below":9}},{"import":90}]}"#
        #expect(try search(mixed, world, [term]) == [2])
        let error = try audienceError {
            _ = try search(#"{"any":[{"odd":{}}]}"#, world, [term])
        }
        #expect(error == .badExpression("expected a number", path: "any[0].odd.below"))
    }

    @Test(arguments: TestEngine.allCases)
    func `ids come in pages`(_ engine: TestEngine) throws {
        let world = try people(engine)
        let pages = try world.database.readBlocking { connection in
            let condition = try SearchCompiler().compile(
                .everyone,
                over: world.table,
                at: world.time.now(),
                in: connection
            )
            let search = ProfileSearch(world.table, condition)
            let first = try search.profileIDs(limit: 3, in: connection)
            let second = try search.profileIDs(
                after: first.last ?? ProfileID(0),
                limit: 3,
                in: connection
            )
            return [first, second, try search.preview(2, in: connection).map(\.id)]
        }
        #expect(pages.map { $0.map(\.value) } == [[1, 2, 3], [4, 5], [1, 2]])
    }

    @Test(arguments: TestEngine.allCases)
    func `a search is saved, changed, found ignoring case and deleted`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        let store = SearchStore(world.workspace, SearchCompiler())
        let french = try SearchExpression(text: #"{"attribute":"language","is":"fr"}"#)
        let wrong = try SearchExpression(text: #"{"attribute":"language","ist":"fr"}"#)
        try world.database.writeBlocking { transaction in
            let context = world.context()
            let made = try store.create(
                name: "French people",
                over: world.table,
                french,
                by: context,
                in: transaction
            )
            #expect(try store.search(named: "FRENCH PEOPLE", in: transaction) == made)
            #expect(throws: AudienceError.badExpression("unknown operator ist", path: "ist")) {
                try store.update(made.id, name: "F", wrong, by: context, in: transaction)
            }
            try store.update(made.id, name: "All", .everyone, by: context, in: transaction)
            #expect(try store.search(made.id, in: transaction).expression == .everyone)
            #expect(try store.all(in: transaction).map(\.name) == ["All"])
            try store.delete(made.id, in: transaction)
            #expect(throws: AudienceError.noSuchSearch("All")) {
                try store.search(named: "All", in: transaction)
            }
            #expect(throws: AudienceError.noSuchSearch("number 1")) {
                try store.delete(made.id, in: transaction)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `names of searches clash ignoring case and are not blank`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let store = SearchStore(world.workspace, SearchCompiler())
        func create(_ name: String) throws {
            try world.database.writeBlocking { transaction in
                _ = try store.create(
                    name: name,
                    over: world.table,
                    .everyone,
                    by: world.context(),
                    in: transaction
                )
            }
        }
        try create("VIP")
        #expect(try audienceError { try create("vip") } == .nameTaken("vip"))
        #expect(try audienceError { try create(" ") } == .badName(" ", rule: "1 to 128 characters"))
    }

    @Test(arguments: TestEngine.dialects)
    func `a search by prefix or value uses the index`(_ engine: TestEngine) throws {
        let world = try people(engine)
        for text in [
            #"{"attribute":"email","startsWith":"ann"}"#, #"{"attribute":"userId","is":"u1"}"#,
        ] {
            let plan = try world.database.readBlocking { connection in
                let condition = try SearchCompiler().compile(
                    try SearchExpression(text: text),
                    over: world.table,
                    at: world.time.now(),
                    in: connection
                )
                return try engine.plan(
                    of: """
                        SELECT count(*) FROM \(world.table.physicalName) p WHERE \(condition.sql)
                        """,
                    condition.values,
                    isLarge: true,
                    in: connection
                )
            }
            #expect(plan.indexes.count == 1 && plan.scans.isEmpty, "\(plan)")
        }
    }
}
