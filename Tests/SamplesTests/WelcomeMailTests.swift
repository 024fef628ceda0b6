// SPDX-License-Identifier: Apache-2.0
import Foundation
import Messaging
import Testing

struct WelcomeMailTests {
    private let content: EmailContent

    init() throws {
        content = try JSONDecoder().decode(
            EmailContent.self,
            from: SampleFolder.data("welcome.json")
        )
    }

    @Test func `welcome.json compiles and greets by name in every language`() throws {
        let template = try EmailTemplate(content)
        #expect(content.variants.count == 15)
        for language in content.variants.keys {
            let mail = try template.render(
                RecipientValues(attributes: ["firstName": "Zoë & Co", "loyaltyPoints": 42]),
                language: language
            )
            #expect(mail.language == language)
            #expect(mail.subject.contains("Zoë & Co"))
            #expect(mail.html?.contains("Zoë &amp; Co") == true)
            #expect(mail.text.contains("Zoë & Co") && mail.text.contains("42"))
        }
    }

    @Test func `welcome.json has a default for every variable`() throws {
        let template = try EmailTemplate(content)
        for language in content.variants.keys {
            let mail = try template.render(RecipientValues(), language: language)
            #expect(mail.subject.contains("🌱"))
            #expect(mail.html?.contains("<strong>0</strong>") == true)
        }
    }

    @Test func `welcome.json sends languages it does not have in English`() throws {
        let mail = try EmailTemplate(content).render(RecipientValues(), language: "cs")
        #expect(mail.language == "en")
    }

    @Test(arguments: ["ar", "he"])
    func `welcome.json sets languages from right to left`(language: String) {
        #expect(content.variants[language]?.html?.contains(#"dir="rtl""#) == true)
    }
}
