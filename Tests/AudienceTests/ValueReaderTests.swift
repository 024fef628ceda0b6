// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Testing

@testable import Audience

struct ValueReaderTests {
    /// What became of a text, as a short text of its own.
    private func reading(
        _ text: String,
        _ attribute: Attribute,
        countryCode: String? = nil
    )
        -> String
    {
        var text = text
        return text.withUTF8 { bytes in
            switch ValueReader(attribute, countryCode: countryCode).read(bytes) {
            case .value(let cell): words(cell, attribute)
            case .warned(let cell, let warning):
                "\(cell.map { words($0, attribute) } ?? "left") \(warning.rawValue)"
            case .refused(let problem): problem.code.rawValue
            }
        }
    }

    private func words(_ cell: Cell, _ attribute: Attribute) -> String {
        if cell.isNull { return "null" }
        if attribute.isMultiValued, case .text(let json) = cell.owned { return json }
        return ValueText.text(cell.sql(attribute.type), of: attribute) ?? "nothing"
    }

    private func attribute(
        _ type: AttributeType,
        role: AttributeRole? = nil,
        several: Bool = false,
        _ restriction: Restriction = Restriction()
    ) -> Attribute {
        Attribute(
            id: AttributeID(1),
            name: "a",
            displayName: "A",
            aliases: [],
            type: type,
            isMultiValued: several,
            isMandatory: false,
            isUnique: false,
            restriction: restriction,
            role: role
        )
    }

    @Test(arguments: [
        (AttributeType.string, "  two words \t", "two words"), (.string, " \t ", "null"),
        (.string, "", "null"), (.text, "  kept ", "  kept "), (.text, "   ", "null"),
        (.string, "é", "é"), (.integer, " 12 ", "12"), (.integer, "+7", "7"),
        (.integer, "-9223372036854775808", "-9223372036854775808"),
        (.integer, "9223372036854775808", "notAnInteger"), (.integer, "1.0", "notAnInteger"),
        (.integer, "1e3", "notAnInteger"), (.integer, "-", "notAnInteger"),
        (.integer, "0x10", "notAnInteger"), (.number, "1.50", "1.5"), (.number, "1e3", "1000"),
        (.number, "1,5", "notANumber"), (.number, "nan", "notANumber"),
        (.number, "1e999", "notANumber"), (.number, "0x1p3", "notANumber"),
        (.boolean, "YES", "true"), (.boolean, "n", "false"), (.boolean, "0", "false"),
        (.boolean, "True", "true"), (.boolean, "2", "notABoolean"),
        (.boolean, "oui", "notABoolean"), (.date, "2024-02-29", "2024-02-29"),
        (.date, "2023-02-29", "notADate"), (.date, "29/02/2024", "notADate"),
        (.date, "2024-02-29T00:00", "notADate"),
        (.moment, "2026-03-29 01:02:03.5", "2026-03-29T01:02:03.5Z"),
        (.moment, "2026-03-29T01:02:03+02:00", "2026-03-28T23:02:03Z"),
        (.moment, "yesterday", "notAMoment"),
    ])
    func `a text is read as its type, without the blanks around it`(
        _ type: AttributeType,
        _ text: String,
        _ expected: String
    ) {
        #expect(reading(text, attribute(type)) == expected)
    }

    @Test func `a string has at most 255 characters unless said otherwise, a text any number`() {
        let long = String(repeating: "é", count: 255)
        #expect(reading(long, attribute(.string)) == long)
        #expect(reading(long + "é", attribute(.string)) == "tooLong")
        #expect(reading(long + "é", attribute(.string, Restriction(maxLength: 300))) == long + "é")
        #expect(reading(long + "é", attribute(.text)) == long + "é")
    }

    @Test(arguments: [
        ("ab", "tooShort"), ("abc", "notAccepted"), ("abcd", "abcd"), ("abcde", "tooLong"),
        ("ABCD", "notAccepted"),
    ])
    func `a restriction names the first rule that is broken`(_ text: String, _ expected: String) {
        let restriction = Restriction(minLength: 3, maxLength: 4, acceptedValues: ["abcd", "abce"])
        #expect(reading(text, attribute(.string, restriction)) == expected)
    }

    @Test(arguments: [
        ("32470123456", "32470123456"), ("+32 470 12.34-56", "32470123456"),
        ("0032470123456", "32470123456"), ("(+32) 470 123456", "32470123456"),
        ("+32 (0)470 12 34 56", "32470123456"), ("0470123456", "notAMobileNumber"),
        ("+1234567", "notAMobileNumber"), ("1234567890123456", "notAMobileNumber"),
        ("32470x23456", "notAMobileNumber"), ("32+470123456", "notAMobileNumber"),
        ("+0470123456", "notAMobileNumber"),
    ])
    func `a mobile number becomes E.164 digits`(_ text: String, _ expected: String) {
        #expect(reading(text, attribute(.string, role: .mobileNumber)) == expected)
    }

    @Test func `a national number takes the workspace's country code`() {
        let number = attribute(.string, role: .mobileNumber)
        #expect(reading("0470 12 34 56", number, countryCode: "32") == "32470123456")
        #expect(reading("+33 612345678", number, countryCode: "32") == "33612345678")
    }

    @Test(arguments: [
        ("fr", "fr"), ("FR", "fr"), ("fr-BE", "fr normalised"), ("nl_BE", "nl normalised"),
        ("xx", "left unknownLanguage"), ("français", "left unknownLanguage"),
    ])
    func `a language is ISO 639-1`(_ text: String, _ expected: String) {
        #expect(reading(text, attribute(.string, role: .language)) == expected)
    }

    @Test(arguments: [
        ("Europe/Brussels", "Europe/Brussels"), ("UTC", "UTC"),
        ("Mars/Olympus", "left unknownTimeZone"),
    ])
    func `a time zone is an IANA name`(_ text: String, _ expected: String) {
        #expect(reading(text, attribute(.string, role: .timeZone)) == expected)
    }

    @Test func `an address keeps its local part and has its domain in lower case`() {
        let email = attribute(.string, role: .emailAddress)
        #expect(reading(" Ann.B@Example.COM ", email) == "Ann.B@example.com")
    }

    @Test(arguments: [
        ("a, b ,,c", #"["a","b","c"]"#), (" , ", "null"), ("say \"x\"", #"["say \"x\""]"#),
    ])
    func `several strings are separated by commas`(_ text: String, _ expected: String) {
        #expect(reading(text, attribute(.string, several: true)) == expected)
    }

    @Test func `several integers are each checked`() {
        let numbers = attribute(.integer, several: true)
        #expect(reading("3, -4", numbers) == "[3,-4]")
        #expect(reading("3, x", numbers) == "notAnInteger")
    }
}
