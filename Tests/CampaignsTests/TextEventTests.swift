// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database
import Messaging
import TestSupport
import Testing

@testable import Tasks

@Suite struct TextEventTests {
    private let reports = TextReports(World.workspace)
    private let replies = TextReplies(World.workspace)

    @Test(arguments: TestEngine.allCases)
    func `each report is an event of its contact, once`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let people = try world.phones(6)
        let send = try world.schedule(to: world.list(of: people), World.text)
        try await world.work()
        let contacts = try world.interactions(send.send)
        let given = [
            DeliveryReport(kind: 1), DeliveryReport(kind: 2, error: "001"),
            DeliveryReport(kind: 2, state: "EXPIRED"), DeliveryReport(kind: 2, error: "027"),
            DeliveryReport(kind: 16), DeliveryReport(kind: 8),
        ]
        for _ in 0..<2 {
            try world.write { transaction in
                for (contact, report) in zip(contacts, given) {
                    try reports.record(report, of: contact.id, in: transaction)
                }
            }
        }
        let failed = "deliveryFailed DELIVERY_FAILED"
        #expect(
            try world.activities() == [
                "delivered", "\(failed) UNKNOWN_PHONE_NUMBER", "\(failed) EXPIRED",
                "\(failed) DEVICE_TURNED_OFF", "\(failed) OTHER_PROVIDER_ERROR",
            ]
        )
        #expect(
            try world.interactions(send.send).map(\.status) == [
                nil, "UNKNOWN_PHONE_NUMBER", "EXPIRED", "DEVICE_TURNED_OFF",
                "OTHER_PROVIDER_ERROR", nil,
            ]
        )
        #expect(try world.statistics(send)[.bounce] == 4)
        #expect(try world.ledger(send.send).bounced == 4)
        // The number that does not exist gets no more.
        let next = try world.schedule(to: world.list("again", of: people), World.text)
        try await world.work()
        #expect(try world.ledger(next.send).filtered == ["QUARANTINE": 1])
    }

    @Test(arguments: TestEngine.allCases)
    func `a report that comes before the hand-over is recorded counts`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let send = try await world.sendTexts(
            world.textCampaign("Hi"),
            to: world.phones(3),
            world.ground(outbox: EagerOperator(world))
        )
        let ledger = try world.ledger(send)
        #expect(ledger.sent == 3 && ledger.bounced == 3 && ledger.closes)
        #expect(try world.interactions(send).allSatisfy { $0.status == "EXPIRED" })
    }

    @Test(arguments: TestEngine.allCases)
    func `a stop belongs to the last message, and ends all messages to the number`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let people = try world.phones(3)
        let first = try await world.sendTexts(world.textCampaign("A"), to: people, world.ground())
        let second = try await world.sendTexts(
            world.textCampaign("B"),
            to: Array(people.prefix(2)),
            world.ground()
        )
        let stopped = try world.write { transaction in
            [
                try replies.record("Bonjour", from: "32470000000", StopWords(), in: transaction),
                try replies.record("STOP", from: "+32 470 00 00 01", StopWords(), in: transaction),
                try replies.record("arrêt", from: "0032470000002", StopWords(), in: transaction),
                try replies.stop("nobody", in: transaction),
                try replies.stop("32499999999", in: transaction),
            ]
        }
        #expect(stopped == [false, true, true, false, true])
        let events = try world.read { connection in
            try connection.rows(
                """
                SELECT interaction_id FROM activity WHERE workspace_id = $1 AND kind = 'stop'
                ORDER BY interaction_id
                """,
                [World.workspace]
            ).map { try $0.get(0, as: InteractionID.self) }
        }
        let expected = [
            try world.interactions(first)[2].id, try world.interactions(second)[1].id,
        ]
        #expect(events == expected)
        let permitted = try people.map { person in
            let profile = try world.read { try ProfileStore(world.table).profile(person, in: $0) }
            return profile?.isPermitted(.smsEnabled)
        }
        #expect(permitted == [true, false, false])
        // Somebody else with the same number is not sent any either.
        let other = try world.person(nil, ["gsmNumber": "32470000001", "firstName": "O"])
        let third = try await world.sendTexts(world.textCampaign("C"), to: [other], world.ground())
        #expect(try world.ledger(third).filtered == ["QUARANTINE": 1])
    }

    @Test(arguments: TestEngine.allCases)
    func `links are short, and only the first click in a message counts`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let ann = try world.person(nil, ["gsmNumber": "32470000001", "firstName": "Ann"])
        let text = "See https://shop.example/{{firstName}}?utm=a+b and https://b.example."
        let campaign = try world.textCampaign(text)
        let ground = world.ground(publicAddress: World.publicAddress)
        for _ in 0..<2 { _ = try await world.sendTexts(campaign, to: [ann], ground) }
        let sent = try world.outboxTexts()
        #expect(sent.count == 2 && sent.allSatisfy { !$0.contains("shop.example") })
        let codes = sent.flatMap { text in
            text.matches(of: #/m\.example\\?/s\\?/([A-Za-z0-9_-]+)/#).map { String($0.1) }
        }
        #expect(codes.count == 4 && Set(codes).count == 4)
        let links = try codes.map { code in
            let (link, mark) = try #require(ShortLink.read(code))
            #expect(link.isGenuine(mark, World.key))
            return link
        }
        let targets = try world.read { connection in
            try links.map { try TextClicks($0).target(in: connection) }
        }
        let own = "https://shop.example/Ann?utm=a+b"
        #expect(targets == [own, "https://b.example", own, "https://b.example"])
        let fresh = try world.write { transaction in
            try [1, 0, 1, 3].map { place in
                try TextClicks(links[place]).record(targets[place] ?? "", in: transaction)
            }
        }
        #expect(fresh == [true, false, false, true])
        let clicks = try world.read { connection in
            try connection.rows(
                """
                SELECT link_url, is_first_click FROM activity
                WHERE workspace_id = $1 AND kind = 'click' ORDER BY interaction_id
                """,
                [World.workspace]
            ).map { try $0.get("is_first_click", as: Bool.self) }
        }
        #expect(clicks == [true, false])
        let moments = try world.read { try RecencyStore(world.table).moments(of: ann, in: $0) }
        #expect(moments[.lastSmsClickMoment] == world.now)
        try expectErasure(world, ann, links)
    }

    /// Numbers and targets go with the person.
    private func expectErasure(_ world: World, _ ann: ProfileID, _ links: [ShortLink]) throws {
        let dossier = Dossier([InteractionSection(), TextSection()])
        let profile = try world.read { try ProfileStore(world.table).profile(ann, in: $0) }
        let chapters = try world.read { try dossier.chapters(of: #require(profile), in: $0) }
        #expect(chapters.first { $0.title == "Text messages" }?.entries.count == 2)
        try world.write { transaction in
            _ = try Erasure(dossier).erase(
                ann,
                from: world.table,
                Collection(),
                by: world.context,
                in: transaction
            )
        }
        let left = try world.read { connection in
            try links.map { try TextClicks($0).target(in: connection) }
        }
        #expect(left.allSatisfy { $0 == nil })
        let numbers: Int? = try world.read { connection in
            try connection.value(
                "SELECT count(*) FROM text_message WHERE workspace_id = $1 AND number IS NOT NULL",
                [World.workspace]
            )
        }
        #expect(numbers == 0)
    }
}

/// An operator that reports before the hand-over has an answer.
private struct EagerOperator: MessageTransport {
    let world: World

    init(_ world: World) { self.world = world }

    func deliver(
        _ batch: [OutgoingText],
        mayStart: @escaping @Sendable () -> Bool
    ) async -> [DeliveryResult] {
        do {
            try world.write { transaction in
                for text in batch {
                    let id = InteractionID(Int64(text.id.split(separator: ".")[1]) ?? 0)
                    try TextReports(World.workspace)
                        .record(DeliveryReport(state: "EXPIRED"), of: id, in: transaction)
                }
            }
        } catch {
            return batch.map { _ in .notHandedOver(reason: "\(error)") }
        }
        return batch.map { _ in .accepted(reply: "taken") }
    }
}
