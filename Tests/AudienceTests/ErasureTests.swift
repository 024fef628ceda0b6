// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport
import Testing

@testable import Audience

struct ErasureTests {
    private static let secrets = [
        "ann@secret.example", "Ann", "Secretsson", "32470123456", "0470123456", "c-secret",
        "gossip", "hidden-tag", "wayward", "shop-till",
    ]

    /// A person who left traces in every table of the room.
    private func person(_ world: World) throws -> Profile {
        let made = try world.create([
            "userId": "crm-4711", "email": "Ann@secret.example", "msisdn": "32470123456",
            "firstName": "Ann", "lastName": "Secretsson", "card": "c-secret", "note": "gossip",
            "tags": "hidden-tag", "marketingConsent": "0",
        ])
        _ = try world.subscribe(true, made.id, world.newsletter)
        var merge = try Merging(world, ["userId", "firstName"])
        merge.task = try world.importTask()
        _ = try merge([["crm-4711", "Ann"], ["crm-5000", "Bob"]])
        try world.database.writeBlocking { transaction in
            let collection = Collection(
                source: "shop-till",
                way: "wayward",
                moment: world.time.now()
            )
            let context = world.context(.form)
            _ = try world.store.update(
                made.id,
                values: ["marketingConsent": "1"],
                collection: collection,
                by: context,
                in: transaction
            )
            _ = try SubscriptionStore(world.workspace).set(
                true,
                of: made.id,
                on: world.club,
                collection,
                table: world.table,
                by: context,
                in: transaction
            )
            try RecencyStore(world.table).touch(
                .lastSmsSentMoment,
                of: [made.id],
                at: world.time.now(),
                in: transaction
            )
            for (channel, address) in [
                (ContactChannel.email, "ann@SECRET.example"), (.sms, "32470123456"),
            ] {
                _ = try DoNotContactStore(world.workspace).add(
                    channel,
                    address,
                    reason: "asked",
                    by: context,
                    in: transaction
                )
            }
            try ImportLedger(world.workspace).record(
                problems(made.id),
                of: TaskID(50),
                in: transaction
            )
        }
        return try #require(try world.profile(made.id))
    }

    private func problems(_ profile: ProfileID) -> [ImportProblem] {
        let lines: [(fields: [String], identifier: String?, profile: ProfileID?)] = [
            (["crm-4711", "Ann", "Secretsson"], "crm-4711", nil),
            (["x", "ANN@secret.example ", "Secretsson"], nil, nil),
            (["x", "0470123456", "Ann"], nil, nil), (["x", "y", "Secretsson"], nil, profile),
            (["crm-5000", "Bob", "bob@open.example"], "crm-5000", nil),
        ]
        return lines.enumerated().map { position, line in
            ImportProblem(
                line: Int64(position + 2),
                number: 1,
                batch: 0,
                outcome: line.profile == nil ? "notSaved" : "warning",
                column: nil,
                code: "code",
                message: "words",
                fields: line.fields,
                identifier: line.identifier,
                profile: line.profile
            )
        }
    }

    private func erase(
        _ world: World,
        _ profile: Profile,
        _ found: PersonalLines? = nil
    ) throws -> Erasure.Report {
        try world.database.writeBlocking { transaction in
            try Erasure(Dossier()).erase(
                profile.id,
                from: world.table,
                Collection(source: "letter", way: "desk 3", moment: world.time.now()),
                found: found,
                by: world.context(.api),
                in: transaction
            )
        }
    }

    /// Every text of every table, folded.
    private func allTexts(_ world: World) throws -> [String] {
        let tables = try world.database.readBlocking { try $0.tableNames() }
        return try tables.flatMap { table in
            try world.rows("SELECT * FROM \(table)").flatMap { $0 }.compactMap { value in
                (try? String(sql: value))?.lowercased()
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `the dossier shows everything that an erasure takes`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let person = try person(world)
        let chapters = try world.database.readBlocking {
            try Dossier().chapters(of: person, in: $0)
        }
        let text = try JSONText.encode(chapters).lowercased()
        for secret in Self.secrets { #expect(text.contains(secret.lowercased()), "\(secret)") }
        let byTitle = Dictionary(uniqueKeysWithValues: chapters.map { ($0.title, $0.entries) })
        let attributes = try #require(byTitle["Attributes"]?.first)
        #expect(attributes.value("profileId") == "1")
        #expect(attributes.value("userId") == "crm-4711")
        #expect(attributes.value("lastSmsSentMoment") == world.time.now().description)
        let lists = byTitle["Subscriptions"]?.map { $0.value("list") }
        #expect(lists == ["newsletter", "club"])
        #expect(
            byTitle["Changes of permissions"]?.map(\.kind).sorted() == [
                "SUBSCRIBE", "SUBSCRIBE", "consent", "consent",
            ]
        )
        let lines = byTitle["File lines"]?.map { "\($0.kind) \($0.value("line") ?? "")" }
        #expect(lines == ["imported 2", "notSaved 2", "notSaved 3", "notSaved 4", "warning 5"])
        #expect(byTitle["Do not contact"]?.count == 2)
    }

    @Test(arguments: TestEngine.allCases)
    func `an erasure leaves the deletion record and nothing personal`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        let person = try person(world)
        let before = try allTexts(world)
        for secret in Self.secrets {
            let wanted = secret.lowercased()
            #expect(before.contains { $0.contains(wanted) }, "\(secret) was there")
        }
        world.time.advance(by: .days(1))
        let report = try erase(world, person)
        #expect(report.profile == person.id && report.left.count == 2)
        let after = try allTexts(world)
        for secret in Self.secrets {
            let wanted = secret.lowercased()
            #expect(!after.contains { $0.contains(wanted) }, "\(secret) is gone")
        }
        #expect(after.filter { $0.contains("crm-4711") } == ["crm-4711"])
        #expect(after.contains { $0.contains("bob@open.example") })
        let record = try #require(
            try world.rows(
                """
                SELECT table_id, profile_id, business_key, collection_source, collection_way,
                    collection_moment, event_at, change_source, stamp
                FROM profile_deletion
                """
            ).first
        )
        let now = SQLValue.integer(world.time.now().microseconds)
        #expect(
            Array(record[..<8]) == [
                world.table.id.sql, person.id.sql, .text("crm-4711"), .text("letter"),
                .text("desk 3"), now, now, .text("api"),
            ]
        )
        #expect(try Stamp(sql: record[8]) > person.updatedStamp)
    }

    @Test(arguments: TestEngine.allCases)
    func `lines that were found before are erased without a look, and so are those that came since`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        let person = try person(world)
        let ended = world.time.now() - .hours(2)
        try world.database.writeBlocking { transaction in
            try transaction.execute(
                "UPDATE task SET status = 'completed', finished_at = $2 WHERE workspace_id = $1",
                [world.workspace, ended]
            )
        }
        let look = "ORDER BY task_id, line, number LIMIT"
        let found = try Erasure.lookAhead(for: person.id, in: world.table, of: world.database)
        world.statements.clear()
        try world.database.writeBlocking { transaction in
            try ImportLedger(world.workspace).erase(DossierPerson(person), found, in: transaction)
        }
        #expect(world.statements.statements(with: look).isEmpty)
        let kept = "SELECT line FROM import_problem WHERE fields IS NOT NULL"
        #expect(try world.rows(kept) == [[.integer(6)]])
        let late = try world.importTask()
        try world.database.writeBlocking { transaction in
            try ImportLedger(world.workspace).record(problems(person.id), of: late, in: transaction)
        }
        _ = try erase(world, person, found)
        #expect(try world.rows(kept) == [[.integer(6)], [.integer(6)]])
    }

    @Test(arguments: TestEngine.allCases)
    func `an erasure leaves other people as they are`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let person = try person(world)
        let bob = try world.profile(ProfileID(2))
        _ = try world.subscribe(true, ProfileID(2), world.newsletter)
        _ = try erase(world, person)
        #expect(try world.profile(person.id) == nil)
        #expect(try world.profile(ProfileID(2))?.values == bob?.values)
        #expect(try world.rows("SELECT profile_id FROM subscription") == [[.integer(2)]])
        let kept = try world.rows(
            "SELECT line FROM import_problem WHERE fields IS NOT NULL"
        )
        #expect(kept == [[.integer(6)]])
        #expect(try world.rows("SELECT line FROM import_row").count == 2)
    }

    @Test(arguments: TestEngine.dialects)
    func `a person without traces is erased, and one who does not exist is not`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        let plain = try world.create(["firstName": "Ann"])
        #expect(try erase(world, plain).left.isEmpty)
        #expect(try world.rows("SELECT business_key FROM profile_deletion") == [[.null]])
        #expect(throws: AudienceError.noSuchProfile("1")) { try erase(world, plain) }
    }

    @Test(arguments: TestEngine.dialects)
    func `a section that fails leaves everything as it was`(_ engine: TestEngine) throws {
        struct Failing: DossierSection {
            let title = "Failing"
            let relations: [String] = []
            func entries(for person: DossierPerson, in connection: Connection) -> [DossierEntry] {
                []
            }
            func erase(
                _ person: DossierPerson,
                by context: Context,
                in transaction: Transaction
            ) throws -> [String] { throw SimulatedCrash(name: "section") }
        }
        let world = try World(engine)
        let person = try person(world)
        let before = try allTexts(world)
        #expect(throws: SimulatedCrash(name: "section")) {
            try world.database.writeBlocking { transaction in
                try Erasure(Dossier([Failing()])).erase(
                    person.id,
                    from: world.table,
                    Collection(),
                    by: world.context(),
                    in: transaction
                )
            }
        }
        #expect(try allTexts(world) == before)
    }
}
