// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database
import Messaging
import TestSupport
import Testing

@testable import Tasks

@Suite struct TextCreditTests {
    @Test(arguments: TestEngine.allCases)
    func `credit is judged message by message, by parts`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        try world.fill(price: 100, 650)
        // One part for all but the second, who takes three.
        let people = try world.phones(6)
        try world.change(people[1], ["firstName": String(repeating: "я", count: 150)])
        let send = try await world.sendTexts(
            world.textCampaign("Hi {{firstName}}"),
            to: people,
            world.ground()
        )
        let ledger = try world.ledger(send)
        #expect(ledger.closes && ledger.sent == 4)
        #expect(ledger.inError == ["NOT_ENOUGH_MONEY": 2])
        let credit = try #require(try world.closedCredit(toppedUp: 650))
        #expect(credit.spent.millionths == 600 && credit.reserved == .zero)
        let parts = try world.read { connection in
            try connection.rows(
                "SELECT parts FROM text_message WHERE workspace_id = $1 ORDER BY interaction_id",
                [World.workspace]
            ).map { try $0.get(0, as: Int.self) }
        }
        #expect(parts == [1, 3, 1, 1])
    }

    @Test(
        arguments: TestEngine.allCases,
        [
            (place: "send.claimed", spent: 0, handedOver: 0),
            (place: "text.reserved", spent: 200, handedOver: 0),
            (place: "send.handedOver", spent: 200, handedOver: 200),
        ]
    )
    func `a crash neither loses nor doubles money`(
        _ engine: TestEngine,
        _ crash: (place: String, spent: Int, handedOver: Int)
    ) async throws {
        let world = try World(engine)
        try world.fill(price: 10, 10_000)
        let started = try world.start(
            world.textCampaign("Hi {{firstName}}"),
            to: world.phones(250)
        )
        world.failpoints.arm(crash.place)
        try await world.work(texts: world.ground())
        world.time.advance(by: .minutes(2))
        try await world.work(texts: world.ground())
        let ledger = try world.ledger(started.send)
        #expect(ledger.closes && ledger.inDoubt == 200 && ledger.sent == 50)
        #expect(try world.outboxTexts().count == 50 + crash.handedOver)
        let spent = (50 + crash.spent) * 10
        #expect(try world.closedCredit(toppedUp: 10_000)?.spent.millionths == Int64(spent))
        // What goes out again is paid again, unless nothing was handed over the first time.
        try world.write { transaction in
            _ = try world.sends.resendInDoubt(started.send, by: world.context, in: transaction)
        }
        try await world.work(texts: world.ground())
        #expect(try world.ledger(started.send).sent == 250)
        let all = spent + 200 * 10
        #expect(try world.closedCredit(toppedUp: 10_000)?.spent.millionths == Int64(all))
    }

    @Test(arguments: TestEngine.dialects)
    func `a message that is refused for now costs nothing until it is taken`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let provider = try SMSProviderServer()
        try world.account(.http(HTTPProviderDescription(url: provider.url("/later"))))
        try world.fill(price: 10, 100)
        let started = try world.start(world.textCampaign("Hi"), to: world.phones(3))
        try await world.work(texts: world.ground())
        #expect(try provider.requests().count == 3)
        let credit = try #require(try world.closedCredit(toppedUp: 100))
        #expect(credit.balance.millionths == 100 && credit.reserved == .zero)
        #expect(try world.ledger(started.send).pending == 3)
    }

    @Test(arguments: TestEngine.allCases)
    func `several sends at once never spend more than there is`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        try world.fill(price: 7, 7 * 500)
        let people = try world.phones(300)
        let sends = try (0..<3).map { index in
            try world.start(world.textCampaign("Hi \(index)"), to: people).send
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask { _ = try await world.work(texts: world.ground()) }
            }
            try await group.waitForAll()
        }
        try await world.work(texts: world.ground())
        let ledgers = try sends.map { try world.ledger($0) }
        #expect(ledgers.allSatisfy { $0.closes && $0.pending == 0 })
        #expect(ledgers.map(\.sent).reduce(0, +) == 500)
        #expect(ledgers.compactMap { $0.inError["NOT_ENOUGH_MONEY"] }.reduce(0, +) == 400)
        let credit = try #require(try world.closedCredit(toppedUp: 7 * 500))
        #expect(credit.balance == .zero && credit.spent.millionths == 7 * 500)
    }

    @Test(arguments: TestEngine.dialects)
    func `credit is topped up and taken back, never below nothing`(_ engine: TestEngine) throws {
        let world = try World(engine)
        func topUp(_ amount: Int64) throws {
            _ = try world.write {
                try world.credit.topUp(
                    Money(millionths: amount),
                    note: "n",
                    by: world.context,
                    in: $0
                )
            }
        }
        #expect(throws: CampaignError.self) { try topUp(5) }
        try world.fill(price: 10, 100)
        try topUp(-40)
        #expect(throws: CampaignError.self) { try topUp(-61) }
        #expect(throws: CampaignError.self) {
            try world.write { try world.credit.setPrice(Money(millionths: -1), in: $0) }
        }
        #expect(try world.closedCredit(toppedUp: 60)?.balance.millionths == 60)
    }

    @Test(
        arguments: [
            ("0", 0), ("12", 12_000_000), ("0.0725", 72_500), ("-10.5", -10_500_000),
            ("1.000001", 1_000_001), ("1000000000", Money.largest), ("1.0000001", nil), ("", nil),
            ("-", nil), ("--1", nil), ("1.", nil), (".5", nil), ("1e3", nil), ("1,5", nil),
            ("99999999999999999999", nil), ("1000000001", nil), ("1-2", nil),
        ] as [(String, Int64?)]
    )
    func `amounts are read exactly`(_ text: String, _ millionths: Int64?) {
        #expect(Money(text)?.millionths == millionths)
        if let money = Money(text) { #expect(Money(money.description) == money) }
    }
}
