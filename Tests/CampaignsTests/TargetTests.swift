// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Logging
import Messaging
import Synchronization
import TestSupport
import Testing

@testable import Campaigns
@testable import Tasks

/// Whom a campaign's target, its kind and its caller let it reach.
struct TargetTests {
    @Test(arguments: TestEngine.allCases)
    func `whoever no longer matches is left out, and everybody when the target means nothing`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let people = try [
            world.person("ann@example.com", ["firstName": "Ann"]),
            world.person("bob@example.com", ["firstName": "Bob"]),
        ]
        let search = try world.search(firstName: "Ann")
        let rules = CampaignRules(search: search.id)
        let campaign = try world.campaign(rules: rules)
        let first = try await world.send(campaign, to: people)
        #expect(try world.ledger(first).inError == ["RECIPIENT_NOT_IN_TARGET_GROUP": 1])
        #expect(try world.outboxRecipients() == ["ann@example.com"])
        let text = try world.campaign("Text", message: World.text, kind: .scenarized, rules: rules)
        try world.change(people[0], ["firstName": "Anna"])
        let second = try await world.send(campaign, to: people)
        #expect(try world.ledger(second).inError == ["RECIPIENT_NOT_IN_TARGET_GROUP": 2])
        try world.write { transaction in
            try SearchStore(World.workspace, SearchCompiler()).delete(search.id, in: transaction)
        }
        let third = try await world.send(campaign, to: people)
        let contacts = try world.interactions(third)
        #expect(contacts.map(\.status) == ["INVALID_TARGET_GROUP", "INVALID_TARGET_GROUP"])
        #expect(contacts.allSatisfy { $0.category == "IN_ERROR" })
        #expect(try world.ledger(third).closes)
        let fourth = try await world.send(text, to: people)
        #expect(try world.ledger(fourth).inError == ["RECIPIENT_NOT_IN_TARGET_GROUP": 2])
        #expect(throws: CampaignError.self) { try world.campaign("Bad", rules: rules) }
    }

    @Test(arguments: TestEngine.allCases)
    func `a campaign without filters reaches a quota of profiles a day`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        try world.limit(PressureLimits(perDay: 0))
        let people = try (0..<4).map { number in
            try world.person("p\(number)@example.com", ["emailEnabled": "false"])
        }
        let bad = try world.person("not an address")
        let rules = CampaignRules(controlPercent: 100, unfilteredQuota: 3)
        let campaign = try world.campaign(kind: .transactional, rules: rules)
        let first = try await world.send(campaign, to: [people[0], bad])
        #expect(try world.ledger(first).sent == 1)
        #expect(try world.ledger(first).filtered == ["INVALID_EMAIL_ADDRESS": 1])
        let second = try await world.send(campaign, to: people)
        let ledger = try world.ledger(second)
        #expect(ledger.sent == 2)
        #expect(ledger.inError == ["NO_FILTER_LIMIT_REACHED": 2])
        #expect(ledger.closes)
        world.time.advance(by: .days(1))
        let third = try await world.send(campaign, to: people)
        #expect(try world.ledger(third).sent == 3)
        for kind in [CampaignKind.scenarized, .oneShot] {
            #expect(throws: CampaignError.self) {
                try world.campaign("Bad", kind: kind, rules: rules)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `parameters of a recipient win over attributes, and are forgotten with the send`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let people = try [
            world.person("ann@example.com", ["firstName": "Ann"]),
            world.person("bob@example.com", ["firstName": "Bob"]),
        ]
        let campaign = try world.campaign(kind: .transactional)
        let parameters: [ProfileID: [String: PersonalisationValue]] = [
            people[0]: ["firstName": "Dr. Ann", "language": "fr"]
        ]
        let started = try world.write { transaction in
            try world.sends.start(
                campaign,
                .profiles(people),
                parameters: parameters,
                by: world.context,
                in: transaction
            )
        }
        #expect(try world.parameterCount() == 1)
        try await world.finish(started.task)
        let files = try world.outboxFiles()
        let subjects = try files.map { try world.header("Subject", of: $0) }.sorted()
        #expect(subjects == ["Bonjour Dr. Ann", "Hello Bob"])
        #expect(try world.parameterCount() == 0)
        let long = String(repeating: "x", count: 40_000)
        #expect(throws: CampaignError.self) {
            try world.write { transaction in
                try world.sends.start(
                    campaign,
                    .profiles(people),
                    parameters: [people[0]: ["firstName": .text(long)]],
                    by: world.context,
                    in: transaction
                )
            }
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `parameters go with the person`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let ann = try world.person("ann@example.com")
        let campaign = try world.campaign()
        try world.write { transaction in
            _ = try world.sends.start(
                campaign,
                .profiles([ann]),
                parameters: [ann: ["firstName": "Ann"]],
                by: world.context,
                in: transaction
            )
        }
        try world.write { transaction in
            let found = try ProfileStore(world.table).profile(ann, in: transaction)
            let profile = try #require(found)
            let entries = try InteractionSection()
                .entries(for: DossierPerson(profile), in: transaction)
            #expect(entries.map { $0.value("parameters") } == [#"{"firstName":"Ann"}"#])
        }
        try world.erase(ann)
        #expect(try world.parameterCount() == 0)
    }

    @Test(arguments: TestEngine.allCases)
    func `whoever is erased while their message is made gets none`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let people = try [
            world.person("ann@example.com", ["gsmNumber": "32470123456"]),
            world.person("bob@example.com"),
        ]
        let started = try world.start(world.campaign(), to: people)
        try await world.work(erasing: people[0], at: "send.claimed")
        let contacts = try world.interactions(started.send)
        #expect(contacts.map(\.status) == ["OTHER_ERROR", nil])
        #expect(contacts.first?.category == "IN_ERROR")
        #expect(try world.ledger(started.send).closes)
        #expect(try world.outboxRecipients() == ["bob@example.com"])
    }

    @Test(arguments: TestEngine.dialects)
    func `a one-shot campaign is sent once and has finished then`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let campaign = try world.campaign(kind: .oneShot)
        let people = try world.people(2)
        let send = try await world.send(campaign, to: people)
        #expect(try world.ledger(send).sent == 2)
        let state = try world.read { try world.campaigns.campaign(campaign.id, in: $0) }.state
        #expect(state == .finished)
        #expect(throws: CampaignError.sentOnce("Welcome")) {
            try world.start(campaign, to: people)
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `a draft is changed, an active campaign but for its message`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        func change(_ id: CampaignID, _ change: CampaignChange) throws -> Campaign {
            try world.write { try world.campaigns.change(id, change, in: $0) }
        }
        let active = try world.campaign()
        var content = World.content
        content.senderAddress = "other@sender.example"
        let rules = CampaignRules(controlPercent: 5)
        let changed = try change(active.id, CampaignChange(name: "New", rules: rules))
        #expect(changed.displayName == "New" && changed.rules == rules)
        #expect(changed.technicalName == active.technicalName)
        #expect(throws: CampaignError.self) {
            try change(active.id, CampaignChange(content: .email(content)))
        }
        #expect(throws: CampaignError.self) {
            try change(active.id, CampaignChange(list: .some(ListID(1))))
        }
        let draft = try world.write { transaction in
            let new = NewCampaign("Draft", table: world.table.id, content: World.content)
            return try world.campaigns.create(new, by: world.context, in: transaction)
        }
        let written = try change(draft.id, CampaignChange(content: .email(content)))
        #expect(written.content == .email(content))
        #expect(throws: CampaignError.self) {
            try change(draft.id, CampaignChange(content: World.text))
        }
        try world.write { try world.campaigns.finish(active.id, by: world.context, in: $0) }
        #expect(throws: CampaignError.self) {
            try change(active.id, CampaignChange(name: "Late"))
        }
    }

    @Test func `rules are read from JSON, absent ones as they always were`() throws {
        let plain = try JSONText.decode(CampaignRules.self, from: "{}")
        #expect(plain == CampaignRules())
        let old = #"{"controlPercent":5,"sendsOncePerAddress":false}"#
        let read = try JSONText.decode(CampaignRules.self, from: old)
        #expect(read == CampaignRules(sendsOncePerAddress: false, controlPercent: 5))
        let all = CampaignRules(
            sendsOncePerAddress: false,
            controlPercent: 1,
            search: SearchID(3),
            isExemptFromPressure: true,
            pressureWeight: 2,
            unfilteredQuota: 9
        )
        let text = try JSONText.encode(all)
        #expect(try JSONText.decode(CampaignRules.self, from: text) == all)
        #expect(throws: DecodingError.self) {
            try JSONText.decode(CampaignRules.self, from: #"{"controlPercen":5}"#)
        }
    }
}

extension World {
    /// Makes an active campaign of any kind and channel.
    func campaign(
        _ name: String = "Welcome",
        message: MessageContent = .email(World.content),
        kind: CampaignKind,
        rules: CampaignRules = CampaignRules()
    ) throws -> Campaign {
        try write { transaction in
            let new = NewCampaign(
                name,
                table: table.id,
                kind: kind,
                initiation: .api,
                message: message,
                rules: rules
            )
            let draft = try campaigns.create(new, by: context, in: transaction)
            try campaigns.activate(draft.id, by: context, in: transaction)
            return try campaigns.campaign(draft.id, in: transaction)
        }
    }

    func parameterCount() throws -> Int? {
        try read { try $0.value("SELECT count(*) FROM send_parameter") }
    }

    func erase(_ person: ProfileID) throws {
        try write { transaction in
            _ = try Erasure(Dossier([InteractionSection()])).erase(
                person,
                from: table,
                Collection(),
                by: context,
                in: transaction
            )
        }
    }

    /// Runs all that is due, and erases someone between two steps.
    fileprivate func work(erasing person: ProfileID, at step: String) async throws {
        let isErased = Mutex(false)
        let failpoints = Failpoints { [self] name in
            let isNow = isErased.withLock { done in
                defer { done = done || name == step }
                return !done && name == step
            }
            if isNow { try erase(person) }
        }
        _ = try await Worker(
            database: database,
            jobs: [SendJob(transport: outbox, texts: TextGround(outbox: texts))],
            randomness: SeededRandomness(),
            failpoints: failpoints,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ).runUntilIdle()
    }
}
