// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Messaging
import TestSupport
import Testing

@testable import Campaigns

@Suite struct MailActsTests {
    private static let content = EmailContent(
        senderAddress: "news@sender.example",
        variant: EmailVariant(
            subject: "Hello",
            html: """
                <a href="https://shop.example/1">Shop</a> <a href="https://shop.example/2">Sale</a>
                <a href="{{unsubscribeURL}}">Leave</a>
                """
        )
    )

    /// Sends to people with tracking and gives the contacts in the order of the people.
    private func send(
        _ world: World,
        _ campaign: Campaign,
        to people: [ProfileID]
    ) async throws -> [InteractionID] {
        let started = try world.start(campaign, to: people)
        try await world.work(mails: .tracking)
        let all = try world.interactions(started.send)
        return people.compactMap { person in all.first { $0.profile == person }?.id }
    }

    private func activities(_ world: World, _ id: InteractionID) throws -> [Activity] {
        try world.read { connection in
            try ActivityStore(World.workspace).activities(of: id, in: connection).map(\.activity)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `the first of each counts, whatever comes how often`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let people = try world.people(2)
        let campaign = try world.campaign(content: Self.content)
        let first = try await send(world, campaign, to: people)
        let second = try await send(world, campaign, to: people)
        let links = try world.read { try LinkStore(World.workspace).links(of: campaign.id, in: $0) }
        #expect(links.map(\.name) == ["Shop", "Sale"])
        let acts = MailActs(World.workspace)
        for link in [links[1], links[1], links[0]] {
            try world.write { try acts.clicked(first[0], link, in: $0) }
        }
        try world.write { try acts.opened(first[0], in: $0) }
        try world.write { try acts.clicked(second[0], links[0], in: $0) }
        let events = try activities(world, first[0])
        #expect(events.map(\.kind) == [.opening, .click, .click])
        #expect(events.map(\.isFirstClick) == [nil, true, false])
        #expect(events.map(\.linkName) == [nil, "Sale", "Shop"])
        #expect(try activities(world, second[0]).map(\.isFirstClick) == [nil, false])
        #expect(try activities(world, first[1]).isEmpty)
    }

    @Test(arguments: TestEngine.allCases)
    func `of two first clicks at once one is the first`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let campaign = try world.campaign(content: Self.content)
        let contact = try await send(world, campaign, to: world.people(1))[0]
        let links = try world.read { try LinkStore(World.workspace).links(of: campaign.id, in: $0) }
        _ = await engine.atOnce(on: world.database) { number, transaction in
            try MailActs(World.workspace).clicked(contact, links[number], in: transaction)
        }
        let clicks = try activities(world, contact).filter { $0.kind == .click }
        #expect(clicks.count == 2)
        #expect(clicks.count { $0.isFirstClick == true } == 1)
    }

    @Test(arguments: TestEngine.dialects)
    func `openings move the last moment, at most once an hour`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let people = try world.people(1)
        let campaign = try world.campaign(content: Self.content)
        let contact = try await send(world, campaign, to: people)[0]
        let acts = MailActs(World.workspace)
        func isNew() throws -> Bool {
            try world.read { try acts.isOpeningNew(contact, at: world.now, in: $0) }
        }
        func last() throws -> Instant? {
            try world.read { connection in
                try RecencyStore(world.table)
                    .moments(of: people[0], in: connection)[.lastEmailOpenMoment]
            }
        }
        #expect(try isNew())
        try world.write { try acts.opened(contact, in: $0) }
        #expect(try !isNew() && last() == world.now)
        world.time.advance(by: .hours(1))
        #expect(try isNew())
        try world.write { try acts.opened(contact, in: $0) }
        #expect(try last() == world.now)
        #expect(try activities(world, contact).count == 1)
        #expect(
            try world.read {
                try acts.isOpeningNew(InteractionID(999), at: world.now, in: $0)
            } == false
        )
    }

    @Test(arguments: TestEngine.allCases)
    func `whoever leaves is off the list, and back when they say so`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let people = try world.people(2)
        let list = try world.write { transaction in
            let list = try ListStore(World.workspace).create(
                name: "news",
                table: world.table.id,
                by: world.context,
                in: transaction
            )
            for person in people {
                try SubscriptionStore(World.workspace).set(
                    true,
                    of: person,
                    on: list,
                    Collection(),
                    table: world.table,
                    by: world.context,
                    in: transaction
                )
            }
            return list
        }
        let campaign = try world.campaign(content: Self.content, list: list.id)
        let contacts = try await send(world, campaign, to: people)
        let leaving = MailLeaving(World.workspace)
        func standing(_ id: InteractionID) throws -> MailStanding? {
            try world.read { try leaving.standing(of: id, in: $0) }
        }
        let before = MailStanding(list: "news", isSubscribed: true, isKnown: true)
        #expect(try standing(contacts[0]) == before)
        for _ in 0..<2 {
            try world.write { try leaving.leave(contacts[0], by: .listUnsubscribe, in: $0) }
        }
        #expect(try standing(contacts[0])?.isSubscribed == false)
        #expect(try standing(contacts[1])?.isSubscribed == true)
        #expect(try activities(world, contacts[0]).map(\.kind) == [.unsubscribe])
        #expect(try activities(world, contacts[0]).map(\.status) == ["list_unsubscribe"])
        let subscription = try world.read {
            try SubscriptionStore(World.workspace).all(of: people[0], in: $0)[0]
        }
        #expect(subscription.collection.source == "list_unsubscribe")
        #expect(subscription.collection.way == "campaign Welcome")
        try world.write { try leaving.comeBack(contacts[0], in: $0) }
        #expect(try standing(contacts[0]) == before)
        #expect(try world.read { try leaving.standing(of: InteractionID(999), in: $0) } == nil)
    }

    @Test(arguments: TestEngine.dialects)
    func `without a list all e-mail ends, and whoever is gone stays gone`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let ann = try world.person("ann@example.com", ["emailEnabled": "true"])
        let campaign = try world.campaign(content: Self.content)
        let contact = try await send(world, campaign, to: [ann])[0]
        let leaving = MailLeaving(World.workspace)
        try world.write { try leaving.leave(contact, by: .emailLink, in: $0) }
        #expect(
            try world.read { try leaving.standing(of: contact, in: $0) }
                == MailStanding(list: nil, isSubscribed: false, isKnown: true)
        )
        _ = try await world.send(campaign, to: [ann])
        #expect(try world.outboxFiles().count == 1)
        try world.write { try leaving.comeBack(contact, in: $0) }
        #expect(try world.read { try leaving.standing(of: contact, in: $0) }?.isSubscribed == true)
        try world.write { transaction in
            _ = try Erasure(Dossier([InteractionSection()])).erase(
                ann,
                from: world.table,
                Collection(),
                by: world.context,
                in: transaction
            )
        }
        try world.write { try leaving.comeBack(contact, in: $0) }
        #expect(try world.read { try leaving.standing(of: contact, in: $0) }?.isKnown == false)
        try world.write { try MailActs(World.workspace).opened(contact, in: $0) }
    }

    @Test(arguments: TestEngine.dialects)
    func `engagement counts people, and searches find them`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let people = try world.people(3)
        let campaign = try world.campaign(content: Self.content)
        let contacts = try await send(world, campaign, to: people)
        let links = try world.read { try LinkStore(World.workspace).links(of: campaign.id, in: $0) }
        try world.write { transaction in
            let acts = MailActs(World.workspace)
            try acts.opened(contacts[0], in: transaction)
            try acts.clicked(contacts[1], links[0], in: transaction)
            try acts.clicked(contacts[1], links[1], in: transaction)
            try MailLeaving(World.workspace).leave(contacts[1], by: .emailLink, in: transaction)
        }
        let send = try world.read {
            try SendStore(World.workspace).interactions(of: people[0], in: $0)[0].send
        }
        let engagement = try world.read {
            try SendStore(World.workspace).engagement(of: send, in: $0)
        }
        #expect(engagement.delivered == 3)
        #expect(engagement.opened == 2 && engagement.clicked == 1)
        #expect(engagement.unsubscribed == 1)
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
        #expect(try found(#"{"opened":{}}"#) == [people[0], people[1]])
        #expect(try found(#"{"clicked":{"campaign":\#(campaign.id),"days":1}}"#) == [people[1]])
        #expect(try found(#"{"all":[{"sent":{}},{"not":{"opened":{}}}]}"#) == [people[2]])
        let untracked = try await world.send(world.campaign("Plain"), to: people)
        #expect(
            try world.read { try SendStore(World.workspace).engagement(of: untracked, in: $0) }
                .opened == nil
        )
        let dossier = try world.read { connection in
            let profile = try #require(
                try ProfileStore(world.table).profile(people[1], in: connection)
            )
            return try InteractionSection().entries(for: DossierPerson(profile), in: connection)
        }
        #expect(dossier.first?.value("click")?.contains("https://shop.example/1") == true)
        #expect(dossier.first?.value("unsubscribe")?.hasSuffix("email_link") == true)
    }

    @Test func `a mail has its pixel, links and headers, and without an address none`() async throws
    {
        let world = try World()
        let people = try world.people(1)
        let campaign = try world.campaign(content: Self.content)
        _ = try await send(world, campaign, to: people)
        let mail = try world.mail(try world.outboxFiles()[0]).replacing("=\r\n", with: "")
            .replacing("=3D", with: "=")
        #expect(mail.contains("List-Unsubscribe: <https://public.example/u/"))
        #expect(mail.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"))
        #expect(mail.contains("<img src=\"https://public.example/o/"))
        #expect(mail.contains("<a href=\"https://public.example/c/"))
        #expect(mail.contains("<a href=\"https://public.example/u/"))
        #expect(!mail.contains("shop.example"))
        _ = try await world.send(campaign, to: people)
        let plain = try world.mail(try world.outboxFiles()[1]).replacing("=\r\n", with: "")
            .replacing("=3D", with: "=")
        #expect(plain.contains("<a href=\"https://shop.example/1\">Shop</a>"))
        #expect(plain.contains("<a href=\"mailto:news@sender.example?subject=unsubscribe\">"))
        #expect(!plain.contains("List-Unsubscribe") && !plain.contains("<img"))
    }
}

extension MailGround {
    /// Mails that are tracked, with a key that is always the same.
    static let tracking = MailGround(publicURL: "https://public.example") { _, _ in
        TrackingKey(randomness: SeededRandomness())
    }
}
