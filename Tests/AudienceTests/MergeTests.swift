// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import TestSupport
import Testing

struct MergeTests {
    private func outcomes(_ results: [MergeResult]) -> [String] {
        results.map { $0.refusal?.code ?? "\($0.outcome)" }
    }

    private func texts(_ world: World, _ key: String, _ names: [String]) throws -> [String?] {
        try world.database.readBlocking { connection in
            let profile = try world.store.find(attribute: "userId", value: key, in: connection)
            return names.map { name in
                world.table.attribute(named: name).flatMap { profile?.text($0) }
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `rows are created, updated or unchanged`(_ engine: TestEngine) throws {
        let world = try World(engine)
        var merge = try Merging(world, ["userId", "firstName", "points"])
        #expect(
            outcomes(try merge([["u1", "Ann", "1"], ["u2", "Bob", "2"]])) == ["created", "created"]
        )
        world.time.advance(by: .hours(1))
        merge.task = TaskID(42)
        let results = try merge([["u1", "Ann", "1"], ["u2", "Bob", "3"], ["u3", "Cy", ""]])
        #expect(outcomes(results) == ["unchanged", "updated", "created"])
        #expect(try texts(world, "u2", ["firstName", "points"]) == ["Bob", "3"])
        #expect(results[0].profile == ProfileID(1) && results[2].profile == ProfileID(3))
    }

    @Test(arguments: TestEngine.allCases)
    func `what is unchanged writes nothing and draws no stamp`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let merge = try Merging(world, ["userId", "firstName", "marketingConsent", "tags"])
        _ = try merge([["u1", "Ann", "1", "a,b"]])
        let before = try world.profile(ProfileID(1))
        let clock = try world.rows("SELECT counter FROM change_clock")
        world.time.advance(by: .hours(1))
        var again = merge
        again.task = TaskID(42)
        #expect(outcomes(try again([["u1", "Ann", "yes", "a,b"]])) == ["unchanged"])
        #expect(try world.profile(ProfileID(1)) == before)
        #expect(before?.createdAt == before?.updatedAt)
        #expect(try world.rows("SELECT counter FROM change_clock") == clock)
        #expect(try world.rows("SELECT id FROM consent_change").count == 1)
    }

    static let policies: [(UpdatePolicy, [String?])] = [
        (.always, ["Anna", "Bo"]), (.onlyIfEmpty, ["Ann", "Bo"]), (.onlyOnCreation, ["Ann", nil]),
    ]

    @Test(arguments: TestEngine.dialects, policies)
    func `a column's policy says when it changes a profile`(
        _ engine: TestEngine,
        _ example: (policy: UpdatePolicy, expected: [String?])
    ) throws {
        let (policy, expected) = example
        let world = try World(engine)
        try world.create(["userId": "u1", "firstName": "Ann"])
        try world.create(["userId": "u2"])
        var merge = try Merging(world, ["userId", "firstName"])
        merge.columns[1].update = policy
        _ = try merge([["u1", "Anna"], ["u2", "Bo"], ["u3", "Cy"]])
        let names = try ["u1", "u2"].map { try texts(world, $0, ["firstName"])[0] }
        #expect(names == expected)
        #expect(try texts(world, "u3", ["firstName"]) == ["Cy"])
    }

    @Test(arguments: TestEngine.allCases)
    func `a blank leaves or clears`(_ engine: TestEngine) throws {
        let world = try World(engine)
        try world.create(["userId": "u1", "firstName": "Ann"])
        var merge = try Merging(world, ["userId", "firstName"])
        #expect(outcomes(try merge([["u1", ""]])) == ["unchanged"])
        merge.blank = .clear
        merge.task = TaskID(42)
        #expect(outcomes(try merge([["u1", ""]])) == ["updated"])
        #expect(try texts(world, "u1", ["firstName"]) == [nil])
    }

    @Test(arguments: TestEngine.allCases)
    func `several values replace or append, each once`(_ engine: TestEngine) throws {
        let world = try World(engine)
        try world.create(["userId": "u1", "tags": "a,b", "sizes": "1"])
        var merge = try Merging(world, ["userId", "tags", "sizes"])
        merge.columns[1].several = .append
        merge.columns[2].several = .append
        #expect(outcomes(try merge([["u1", "b", "1"]])) == ["unchanged"])
        merge.task = TaskID(42)
        #expect(outcomes(try merge([["u1", "b,c,c", "2,1"]])) == ["updated"])
        #expect(try texts(world, "u1", ["tags", "sizes"]) == ["a,b,c", "1,2"])
        merge.columns[1].several = .replace
        merge.task = TaskID(43)
        _ = try merge([["u1", "z", ""]])
        #expect(try texts(world, "u1", ["tags", "sizes"]) == ["z", "1,2"])
    }

    @Test(arguments: TestEngine.allCases)
    func `an import does not re-subscribe who opted out, unless told to`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        try world.create(["userId": "u1", "emailEnabled": "0", "marketingConsent": "0"])
        try world.create(["userId": "u2", "emailEnabled": "", "smsEnabled": "1"])
        _ = try world.subscribe(true, ProfileID(1), world.newsletter)
        _ = try world.subscribe(false, ProfileID(1), world.newsletter)
        var merge = try Merging(world, ["userId", "emailEnabled", "marketingConsent"])
        merge.lists = [world.newsletter]
        let left = try merge([["u1", "1", "1", "1"], ["u2", "1", "1", "1"]])
        #expect(outcomes(left) == ["unchanged", "updated"])
        #expect(left[0].warnings.map(\.column) == [1, 2, 3])
        #expect(left[0].warnings.map(\.warning) == [.optInLeftOut, .optInLeftOut, .optInLeftOut])
        #expect(try texts(world, "u1", ["emailEnabled"]) == ["false"])
        #expect(try texts(world, "u2", ["emailEnabled"]) == ["true"])
        merge.mayResubscribe = true
        merge.task = TaskID(42)
        #expect(outcomes(try merge([["u1", "1", "1", "1"]])) == ["updated"])
        #expect(try texts(world, "u1", ["emailEnabled", "marketingConsent"]) == ["true", "true"])
    }

    @Test(arguments: TestEngine.allCases)
    func `a blank that clears does not take an opt-out back`(_ engine: TestEngine) throws {
        let world = try World(engine)
        try world.create(["userId": "u1", "emailEnabled": "0"])
        var merge = try Merging(world, ["userId", "emailEnabled"])
        merge.blank = .clear
        let left = try merge([["u1", ""]])
        #expect(outcomes(left) == ["unchanged"])
        #expect(left[0].warnings.map(\.warning) == [.optInLeftOut])
        #expect(try texts(world, "u1", ["emailEnabled"]) == ["false"])
    }

    @Test(arguments: TestEngine.allCases)
    func `an identifier of several profiles is ambiguous`(_ engine: TestEngine) throws {
        let world = try World(engine)
        try world.create(["userId": "u1", "email": "both@x.be"])
        try world.create(["userId": "u2", "email": "both@x.be"])
        let merge = try Merging(world, ["email", "firstName"])
        let results = try merge([["both@x.be", "A"], ["new@x.be", "N"]])
        #expect(outcomes(results) == ["ambiguous", "created"])
        #expect(try world.rows("SELECT profile_id FROM import_row") == [[.integer(3)]])
    }

    @Test(arguments: TestEngine.allCases)
    func `a unique value of another profile or another row is refused`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        try world.create(["userId": "u1", "card": "c1"])
        try world.create(["userId": "u2", "card": "c2"])
        let merge = try Merging(world, ["userId", "card"])
        let results = try merge([
            ["u1", "c1"], ["u2", "c1"], ["u3", "c2"], ["u4", "c4"], ["u5", "c4"],
        ])
        #expect(
            outcomes(results) == [
                "unchanged", "uniqueTaken", "uniqueTaken", "created", "uniqueTakenInFile",
            ]
        )
        #expect(results[1].refusal?.column == 1)
        let byMail = try Merging(world, ["email", "userId"])
        let mixed = try byMail([["new@x.be", "u9"], ["next@x.be", "u1"]])
        #expect(outcomes(mixed) == ["created", "uniqueTaken"])
    }

    @Test(arguments: TestEngine.allCases)
    func `a business key can be given once and not changed`(_ engine: TestEngine) throws {
        let world = try World(engine)
        try world.create(["email": "a@x.be"])
        let merge = try Merging(world, ["email", "userId"])
        #expect(outcomes(try merge([["a@x.be", "u1"]])) == ["updated"])
        var again = merge
        again.task = TaskID(42)
        #expect(outcomes(try again([["a@x.be", "u2"]])) == ["businessKeyIsSet"])
        #expect(try texts(world, "u1", ["email"]) == ["a@x.be"])
    }

    @Test(arguments: TestEngine.allCases)
    func `a mandatory attribute is needed where it would be written`(
        _ engine: TestEngine
    ) throws {
        let country = NewAttribute("country", .string, isMandatory: true)
        let world = try World(engine, extra: [country])
        let without = try Merging(world, ["userId", "firstName"])
        #expect(outcomes(try without([["u1", "Ann"]])) == ["mandatory"])
        var with = try Merging(world, ["userId", "country"])
        with.blank = .clear
        #expect(outcomes(try with([["u1", "BE"], ["u2", ""]])) == ["created", "mandatory"])
        with.task = TaskID(42)
        #expect(outcomes(try with([["u1", ""]])) == ["mandatory"])
        with.columns[1].update = .onlyOnCreation
        #expect(outcomes(try with([["u1", ""]])) == ["unchanged"])
    }

    @Test(arguments: TestEngine.allCases)
    func `where no profile may be made, an unknown one is refused`(_ engine: TestEngine) throws {
        let world = try World(engine)
        try world.create(["userId": "u1"])
        var merge = try Merging(world, ["userId", "firstName"])
        merge.mayCreate = false
        let results = try merge([["u1", "Ann"], ["u2", "Bob"]])
        #expect(outcomes(results) == ["updated", "unknownProfile"])
        #expect(try world.rows("SELECT id FROM \(world.table.physicalName)").count == 1)
    }

    @Test(arguments: TestEngine.allCases)
    func `channel permissions are true unless given, and consent is recorded`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        var merge = try Merging(world, ["userId", "smsEnabled", "marketingConsent"])
        _ = try merge([["u1", "0", "1"], ["u2", "", ""]])
        let names = ["emailEnabled", "smsEnabled", "pushEnabled", "marketingConsent"]
        #expect(try texts(world, "u1", names) == ["true", "false", "true", "true"])
        #expect(try texts(world, "u2", names) == ["true", "true", "true", nil])
        merge.task = TaskID(42)
        _ = try merge([["u1", "", "0"], ["u2", "", "0"]])
        let records = try world.rows(
            "SELECT profile_id, consent_value, change_source, collection_way FROM consent_change ORDER BY id"
        )
        #expect(
            records == [
                [.integer(1), .integer(1), .text("file_import"), .text("row")],
                [.integer(1), .integer(0), .text("file_import"), .text("row")],
                [.integer(2), .integer(0), .text("file_import"), .text("row")],
            ]
        )
    }

    @Test(arguments: TestEngine.allCases)
    func `columns for lists subscribe and unsubscribe with records`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        var merge = try Merging(world, ["userId"])
        merge.lists = [world.newsletter, world.club]
        let first = try merge([["u1", "1", ""], ["u2", "0", "1"]])
        #expect(outcomes(first) == ["created", "created"])
        merge.task = TaskID(42)
        world.time.advance(by: .hours(1))
        let second = try merge([["u1", "0", "0"], ["u2", "0", "1"]])
        #expect(outcomes(second) == ["updated", "unchanged"])
        let records = try world.rows(
            "SELECT profile_id, list_id, is_subscribed FROM subscription_change ORDER BY id"
        )
        let (newsletter, club) = (world.newsletter.id.sql, world.club.id.sql)
        #expect(
            records == [
                [.integer(1), newsletter, .integer(1)], [.integer(2), club, .integer(1)],
                [.integer(1), newsletter, .integer(0)],
            ]
        )
        let touched = try world.profile(ProfileID(1))
        #expect(touched?.updatedAt == world.time.now())
        let confirmed = try world.rows(
            "SELECT is_confirmed FROM subscription ORDER BY list_id, profile_id"
        )
        #expect(confirmed == [[.integer(1)], [.integer(0)]])
    }

    @Test(arguments: TestEngine.allCases)
    func `a forecast says the same and writes nothing`(_ engine: TestEngine) throws {
        let world = try World(engine)
        try world.create(["userId": "u1"])
        let merge = try Merging(world, ["userId", "firstName"])
        let row = { (key: String) in
            MergeRow(identifier: 0, cells: [.text(key), .text("Ann")], standings: [], line: 2)
        }
        let plan = MergePlan(table: world.table, columns: merge.columns)
        let results = try world.database.readBlocking {
            try ProfileMerge(plan, task: TaskID(1), batch: 0).forecast(
                [row("u1"), row("u2")],
                in: $0
            )
        }
        #expect(outcomes(results) == ["updated", "created"])
        #expect(try texts(world, "u1", ["firstName"]) == [nil])
        #expect(try world.rows("SELECT id FROM \(world.table.physicalName)").count == 1)
    }

    @Test(arguments: TestEngine.dialects)
    func `a profile's id is not given again once it is gone`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let gone = try world.create(["userId": "u1"])
        try world.database.writeBlocking { transaction in
            _ = try Erasure(Dossier()).erase(
                gone.id,
                from: world.table,
                Collection(),
                by: world.context(),
                in: transaction
            )
        }
        #expect(try world.create(["userId": "u1"]).id > gone.id)
    }
}
