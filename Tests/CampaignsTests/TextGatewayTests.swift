// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database
import Messaging
import TestSupport
import Testing

@testable import Tasks

@Suite struct TextGatewayTests {
    private func kannel(_ server: KannelServer, user: String = KannelServer.user) -> SMSProvider {
        .kannel(KannelSettings(url: server.url, user: user, route: "operator"))
    }

    @Test(arguments: TestEngine.allCases)
    func `a workspace that needs an account and has none sends nothing`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let send = try await world.sendTexts(
            world.textCampaign("Hi"),
            to: world.phones(2),
            world.ground(needsAccount: true)
        )
        #expect(try world.ledger(send).inError == ["NO_ACCOUNT": 2])
        #expect(try world.ledger(send).closes && world.outboxTexts().isEmpty)
    }

    @Test(arguments: TestEngine.allCases)
    func `a text that is too long is left out, by whether it may have parts`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let people = try world.phones(2)
        try world.change(people[1], ["firstName": String(repeating: "я", count: 70)])
        let single = try await world.sendTexts(
            world.textCampaign("Hi {{firstName}}", multipart: false),
            to: people,
            world.ground()
        )
        #expect(try world.ledger(single).sent == 1)
        #expect(try world.ledger(single).inError == ["INVALID_MESSAGE_LENGTH": 1])
        let refused = try world.interactions(single).first { $0.state == .notSent }
        #expect(refused?.detail == "73 units in ucs2: 2 parts")
        // No header counts more than 255 parts.
        let huge = String(repeating: "x", count: 153 * 255 + 1)
        let failed = try await world.sendTexts(
            world.textCampaign(huge),
            to: people,
            world.ground()
        )
        #expect(try world.ledger(failed).inError == ["ERROR_GENERATING_MESSAGE": 2])
        #expect(try world.ledger(failed).closes)
    }

    @Test(arguments: TestEngine.dialects)
    func `Kannel hands messages to the operator, and who gets none has a reason`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let server = try KannelServer()
        try world.account(kannel(server))
        let ground = world.ground(secret: KannelServer.password)
        let send = try await world.sendTexts(
            world.textCampaign("Hi {{firstName}} €"),
            to: world.phones(30),
            ground
        )
        #expect(try world.ledger(send).sent == 30 && world.ledger(send).closes)
        let taken = try await until {
            try server.taken()
        } holds: {
            $0.count >= 30
        }
        #expect(Set(taken.map(\.recipient)).count == 30 && taken.count == 30)
        #expect(try world.outboxTexts().isEmpty)
        #expect(taken.allSatisfy { $0.sender == "Shop" && $0.coding == 0 })
    }

    @Test(arguments: TestEngine.dialects)
    func `a gateway that cannot be reached is given up after all tries`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let server = try KannelServer()
        try world.account(kannel(server, user: "nobody"))
        try world.fill(price: 10, 100)
        let send = try await world.sendTexts(
            world.textCampaign("Hi"),
            to: world.phones(2),
            world.ground(secret: KannelServer.password)
        )
        #expect(try world.ledger(send).inError == ["ERROR_CONTACTING_PROVIDER": 2])
        let given = try world.interactions(send)
        #expect(given.allSatisfy { $0.attempts == 5 })
        #expect(given[0].detail?.contains("Authorization failed") == true)
        #expect(try world.closedCredit(toppedUp: 100)?.balance.millionths == 100)
        #expect(try server.taken().isEmpty)
    }

    @Test(arguments: TestEngine.dialects)
    func `what a gateway refuses for good was sent and not delivered`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let provider = try SMSProviderServer()
        try world.account(.http(HTTPProviderDescription(url: provider.url("/never"))))
        try world.fill(price: 10, 100)
        let send = try await world.sendTexts(
            world.textCampaign("Hi"),
            to: world.phones(1),
            world.ground()
        )
        let ledger = try world.ledger(send)
        #expect(ledger.sent == 1 && ledger.bounced == 1 && ledger.closes)
        #expect(try world.activities() == ["deliveryFailed DELIVERY_FAILED OTHER_PROVIDER_ERROR"])
        #expect(try world.closedCredit(toppedUp: 100)?.balance.millionths == 100)
        let contact = try world.interactions(send)[0]
        #expect(contact.category == "DELIVERY_FAILED" && contact.status == "OTHER_PROVIDER_ERROR")
    }

    @Test func `an account that is changed or switched off is not used any more`() async throws {
        let world = try World()
        let (first, second) = (try SMSProviderServer(), try SMSProviderServer())
        try world.account(.http(HTTPProviderDescription(url: first.url("/ok"))))
        let ground = world.ground()
        let people = try world.phones(1)
        let campaign = try world.textCampaign("Hi")
        _ = try await world.sendTexts(campaign, to: people, ground)
        let store = SMSAccountStore(World.workspace)
        var account = try #require(try world.read { try store.all(in: $0) }.first)
        account.provider = .http(HTTPProviderDescription(url: second.url("/ok")))
        let changed = account
        try world.write { try store.update(changed, in: $0) { _ in } }
        _ = try await world.sendTexts(campaign, to: people, ground)
        account.isActive = false
        let off = account
        try world.write { try store.update(off, in: $0) { _ in } }
        _ = try await world.sendTexts(campaign, to: people, ground)
        #expect(try first.requests().count == 1 && second.requests().count == 1)
        #expect(try world.outboxTexts().count == 1)
    }
}
