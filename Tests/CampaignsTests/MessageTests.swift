// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database
import Messaging
import TestSupport
import Testing

@Suite struct MessageTests {
    @Test(arguments: TestEngine.allCases)
    func `a message of either channel is kept, changed and deleted`(
        _ engine: TestEngine
    ) throws {
        let world = try World(engine)
        for content in [.email(World.content), World.text] as [MessageContent] {
            let made = try world.write { transaction in
                try world.messages.create(
                    name: " News ",
                    content,
                    author: UserID(4),
                    by: world.context,
                    in: transaction
                )
            }
            #expect(made.name == "News" && made.content == content && made.author == UserID(4))
            #expect(made.isEditable && made.updatedAt == world.now)
            world.time.advance(by: .minutes(1))
            let changed = try world.write { transaction in
                try world.messages
                    .update(made.id, name: "Other", by: world.context, in: transaction)
            }
            #expect(changed.name == "Other" && changed.content == content)
            #expect(changed.updatedAt == world.now && changed.createdAt < world.now)
            try world.write { try world.messages.delete(made.id, in: $0) }
            #expect(throws: CampaignError.noSuchMessage(made.id)) {
                try world.read { try world.messages.message(made.id, in: $0) }
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a message that a scheduled send uses stays as it is`(_ engine: TestEngine) throws {
        let world = try World(engine)
        let send = try world.schedule(to: world.list(of: world.people(1)), at: world.now + .days(1))
        let used = try world.read { try world.messages.message(send.message, in: $0) }
        #expect(used.isUsed && !used.isEditable)
        let error = CampaignError.messageInUse(send.message, by: send.id)
        #expect(throws: error) {
            try world.write { try world.messages.delete(send.message, in: $0) }
        }
        #expect(throws: error) {
            try world.write { transaction in
                try world.messages
                    .update(send.message, name: "X", by: world.context, in: transaction)
            }
        }
        let same = try world.write { transaction in
            try world.messages
                .update(send.message, name: used.name, by: world.context, in: transaction)
        }
        #expect(same == used)
    }

    @Test(arguments: TestEngine.dialects)
    func `content that cannot be sent names its place`(_ engine: TestEngine) throws {
        let world = try World(engine)
        var mail = World.content
        mail.variants["en"]?.text = "Dear\n {{#open}} you"
        let wrong: [(MessageContent, String)] = [
            (.email(mail), "The text (en) is not a valid template: line 2, column 2"),
            (.sms(SMSContent(sender: "Shop", texts: ["en": "{{"])), "The text (en) is not a valid"),
            (.sms(SMSContent(sender: "Shop", texts: ["fr": "Oui"])), "The default language has no"),
            (.sms(SMSContent(sender: "My big shop!", texts: ["en": "x"])), "The sender is neither"),
        ]
        for (content, words) in wrong {
            do {
                _ = try world.message(content)
                Issue.record("\(words) was taken")
            } catch let error as MessagingError {
                #expect(error.description.hasPrefix(words))
            }
        }
        #expect(throws: CampaignError.self) {
            try world.write { transaction in
                try world.messages
                    .create(name: "", World.text, author: nil, by: world.context, in: transaction)
            }
        }
    }
}
