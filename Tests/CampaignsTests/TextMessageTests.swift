// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database
import Messaging
import TestSupport
import Testing

@testable import Tasks

@Suite struct TextMessageTests {
    @Test(arguments: TestEngine.allCases)
    func `a text message goes to the outbox, and whoever gets none has a reason`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let content = SMSContent(
            sender: "Shop",
            texts: ["en": "Hi {{firstName}}", "fr": "{{#lastName}}Salut {{lastName}}{{/lastName}}"]
        )
        let people = try [
            ["gsmNumber": "32470000001", "firstName": "Ann"],
            ["gsmNumber": "32470000002"],
            ["gsmNumber": "32470000003", "language": "fr"],
            ["gsmNumber": "32470000004", "smsEnabled": "false"],
            ["firstName": "Eve"],
            ["gsmNumber": "32470000006", "firstName": "Fay"],
            ["gsmNumber": "32470000001", "firstName": "Bob"],
            ["gsmNumber": "32470000008"],
        ].map { try world.person(nil, $0) }
        try world.write { transaction in
            try DoNotContactStore(World.workspace)
                .add(.sms, "32470000006", reason: "STOP", by: world.context, in: transaction)
            let number = try #require(world.table.attribute(.mobileNumber)).column
            try transaction.execute(
                "UPDATE \(world.table.physicalName) SET \(number) = '12' WHERE id = $1",
                [people[7]]
            )
        }
        let send = try world.schedule(to: world.list(of: people), .sms(content))
        let forecast = try await world.scheduled.forecast(of: send.id, on: world.database)
        #expect(forecast.recipients == 4)
        try await world.work()
        let ledger = try world.ledger(send.send)
        #expect(ledger.sent == 2)
        #expect(ledger.filtered == ["QUARANTINE": 1])
        #expect(
            ledger.inError == [
                "MISSING_PHONE_NUMBER": 1, "BAD_FORMAT_PHONE_NUMBER": 1,
                "RECIPIENT_NOT_IN_TARGET_GROUP": 1, "NO_MESSAGE": 1, "UNRESOLVED_VARIABLE": 1,
            ]
        )
        let texts = try world.outboxTexts()
        #expect(texts.count == 2 && texts[0].contains(#""text":"Hi Ann""#))
        #expect(texts[0].contains(#""recipient":"32470000001","sender":"Shop""#))
        #expect(try world.present(send).isCompleted)
        #expect(try world.outboxFiles().isEmpty)
        let recency = try world.read { connection in
            try connection.value(
                "SELECT sms_sent_at FROM \(world.table.recencyName) WHERE id = $1",
                [people[0]],
                as: Instant.self
            )
        }
        #expect(recency == world.now)
    }

    @Test(arguments: TestEngine.allCases)
    func `an erasure takes a person's text messages out of the outbox`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let ann = try world.person(nil, ["gsmNumber": "32470000001", "firstName": "Ann"])
        _ = try world.schedule(to: world.list(of: [ann]), World.text)
        try await world.work()
        #expect(try world.outboxTexts().count == 1)
        let dossier = Dossier([InteractionSection(), OutboxSection(world.outbox, world.texts)])
        let profile = try world.read { try ProfileStore(world.table).profile(ann, in: $0) }
        let chapters = try world.read { try dossier.chapters(of: #require(profile), in: $0) }
        #expect(chapters.first { $0.title == "Outbox" }?.entries.count == 1)
        try world.write { transaction in
            _ = try Erasure(dossier).erase(
                ann,
                from: world.table,
                Collection(),
                by: world.context,
                in: transaction
            )
        }
        #expect(try world.outboxTexts().isEmpty)
    }

    @Test(arguments: TestEngine.dialects)
    func `a control sample gets no text message`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let ann = try world.person(nil, ["gsmNumber": "32470000001", "firstName": "Ann"])
        let campaign = try world.write { transaction in
            let new = NewCampaign(
                "Control",
                table: world.table.id,
                kind: .oneShot,
                initiation: .api,
                message: World.text,
                rules: CampaignRules(controlPercent: 100)
            )
            return try world.campaigns.create(new, by: world.context, in: transaction)
        }
        let send = try await world.send(campaign, to: [ann])
        #expect(try world.ledger(send).filtered == ["CONTROL_SAMPLE": 1])
    }
}
