// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database
import TestSupport
import Testing

/// What the room holds on a person, what it forgets, and how people are found by it.
@Suite struct PersonTests {
    private func profile(_ id: ProfileID, _ world: World) throws -> Profile {
        try #require(try world.read { try ProfileStore(world.table).profile(id, in: $0) })
    }

    @Test(arguments: TestEngine.allCases)
    func `the dossier shows each contact and each kept mail, and an erasure removes both`(
        engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let people = try world.people(2)
        let send = try await world.send(world.campaign(), to: people)
        world.time.advance(by: .days(3))
        _ = try await world.send(world.campaign("Second"), to: people)
        let dossier = Dossier([InteractionSection(), OutboxSection(world.outbox, world.texts)])
        let ann = try profile(people[0], world)
        let chapters = try world.read { try dossier.chapters(of: ann, in: $0) }
        let messages = try #require(chapters.first { $0.title == "Messages" })
        #expect(messages.entries.map { $0.value("campaign") } == ["Welcome", "Second"])
        #expect(
            messages.entries.map { $0.value("address") ?? "" }
                == Array(repeating: "p0@example.com", count: 2)
        )
        #expect(messages.entries.map { $0.value("state") } == ["sent", "sent"])
        #expect(chapters.first { $0.title == "Outbox" }?.entries.count == 2)
        try world.write { transaction in
            _ = try Erasure(dossier).erase(
                people[0],
                from: world.table,
                Collection(),
                by: world.context,
                in: transaction
            )
        }
        #expect(try world.outboxRecipients() == ["p1@example.com", "p1@example.com"])
        let left = try world.interactions(send).filter { $0.profile == people[0] }
        #expect(left.map(\.address) == [nil])
        #expect(left.map(\.state) == [.sent])
        #expect(try world.ledger(send).closes)
        #expect(
            try world.read {
                try OutboxSection(world.outbox, world.texts).entries(
                    for: DossierPerson(ann),
                    in: $0
                )
            }.isEmpty
        )
    }

    @Test(arguments: TestEngine.dialects)
    func `whoever is erased before their mail leaves gets none`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let server = try MailServer()
        let people = try [world.person("later-ann@example.com"), world.person("bob@example.com")]
        let started = try world.start(world.campaign(), to: people)
        try await world.work(server.transport())
        try world.write { transaction in
            _ = try Erasure(Dossier([InteractionSection()])).erase(
                people[0],
                from: world.table,
                Collection(),
                by: world.context,
                in: transaction
            )
        }
        try await world.finish(started.task)
        let ledger = try world.ledger(started.send)
        #expect(ledger.sent == 1)
        #expect(ledger.stopped == 1)
        #expect(ledger.closes)
        #expect(try world.outboxFiles().isEmpty)
        #expect(try world.interactions(started.send).first?.detail == nil)
    }

    @Test(arguments: TestEngine.dialects)
    func `the counts of every send close when someone is erased before their mails leave`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let people = try [world.person("later-ann@example.com"), world.person("bob@example.com")]
        let server = try MailServer()
        let sends = try ["First", "Second"].map { try world.start(world.campaign($0), to: people) }
        try await world.work(server.transport())
        try world.write { transaction in
            _ = try Erasure(Dossier([InteractionSection()])).erase(
                people[0],
                from: world.table,
                Collection(),
                by: world.context,
                in: transaction
            )
        }
        for started in sends {
            try await world.finish(started.task, server.transport())
            let totals = try world.read { try world.sends.totals(of: started.send, in: $0) }
            #expect(totals[.targeted] == 2 && totals[.sent] == 1 && totals[.stopped] == 1)
            #expect(totals.pending == 0)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `people are found by what was sent to them and bounced`(engine: TestEngine) async throws {
        let world = try World(engine)
        let server = try MailServer()
        let bouncing = try world.person("never-x@example.com")
        let fine = try world.person("fine@example.com")
        _ = try world.person("nobody@example.com")
        let first = try world.campaign()
        _ = try await world.send(first, to: [bouncing, fine], by: server.transport())
        world.time.advance(by: .days(10))
        let second = try world.campaign("Second")
        _ = try await world.send(second, to: [fine], by: server.transport())
        func found(_ text: String) throws -> [ProfileID] {
            try world.read { connection in
                let condition = try SearchCompiler([ContactTerm()]).compile(
                    SearchExpression(text: text),
                    over: world.table,
                    at: world.now,
                    in: connection
                )
                return try ProfileSearch(world.table, condition)
                    .profileIDs(limit: 10, in: connection)
            }
        }
        #expect(try found(#"{"sent":{}}"#) == [bouncing, fine])
        #expect(try found(#"{"sent":{"campaign":\#(first.id)}}"#) == [bouncing, fine])
        #expect(try found(#"{"sent":{"campaign":\#(second.id)}}"#) == [fine])
        #expect(try found(#"{"sent":{"days":3}}"#) == [fine])
        #expect(try found(#"{"bounced":{}}"#) == [bouncing])
        #expect(try found(#"{"bounced":{"campaign":\#(second.id)}}"#).isEmpty)
        #expect(try found(#"{"not":{"sent":{"days":30}}}"#).count == 1)
        for wrong in [
            #"{"sent":5}"#, #"{"sent":{"days":0}}"#, #"{"sent":{"campaign":"x"}}"#,
            #"{"sent":{"campaign":99}}"#, #"{"sent":{"day":1}}"#,
        ] {
            #expect(throws: AudienceError.self) { try found(wrong) }
        }
    }

    @Test(arguments: TestEngine.lasting)
    func `planning 100,000 recipients`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let people = try world.write { transaction in
            let first = try transaction.allocate(
                100_000,
                IDKind(rawValue: "profile"),
                in: World.workspace
            )
            let mail = try #require(world.table.attribute(.emailAddress)).column
            let enabled = try #require(world.table.attribute(.emailEnabled)).column
            let writer = try transaction.insertion(
                into: world.table.physicalName,
                columns: [
                    "id", mail, enabled, "created_at", "updated_at", "created_stamp",
                    "updated_stamp",
                ]
            )
            for id in first..<(first + 100_000) {
                writer.integer(id)
                writer.value("p\(id)@example.com".sql)
                writer.value(true.sql)
                for _ in 0..<4 { writer.integer(1) }
                try writer.endRow()
            }
            try writer.finish()
            return (first..<(first + 100_000)).map { ProfileID($0) }
        }
        let started = try world.start(world.campaign(), to: people)
        world.failpoints.arm("send.planned")
        let clock = ContinuousClock()
        let duration = try await clock.measure { _ = try await world.work() }
        print("planned 100,000 recipients in \(duration)")
        #expect(try world.ledger(started.send).pending == 100_000)
    }
}
