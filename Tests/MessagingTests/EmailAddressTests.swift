// SPDX-License-Identifier: Apache-2.0
import Messaging
import Testing

@Suite struct EmailAddressTests {
    @Test(arguments: [
        "a@b.co", "ann.lee+tag@example.com", "o'neil@example.com", "A!#$%&'*+-/=?^_`{|}~z@x.org",
        "x@sub.sub.example.museum", "x@xn--mller-kva.example", "1@2.3a", "x@a-b.example",
        String(repeating: "a", count: 64) + "@example.com",
        "x@" + String(repeating: "b", count: 63) + ".example",
    ])
    func `an address that follows the rule is accepted`(text: String) throws {
        #expect(EmailAddress.isValid(text))
        #expect(EmailAddress(text)?.text == text)
    }

    @Test(arguments: [
        "", "@", "a", "a@", "@b.co", "a@b", "a@@b.co", "a@b@c.co", ".a@b.co", "a.@b.co",
        "a..b@c.co",
        "a b@c.co", " a@b.co", "a@b.co ", "a@b.co\n", "a@b..co", "a@.b.co", "a@b.co.", "a@-b.co",
        "a@b-.co", "a@b_c.co", "a@1.2.3.4", "a@[1.2.3.4]", "\"a b\"@c.co", "a(b)@c.co", "a,b@c.co",
        "<a@b.co>", "a@b.co\r\nRCPT TO:<x@y.z>", "é@b.co", "a@é.co", "a\u{0}b@c.co", "a@b.c\u{0}o",
        String(repeating: "a", count: 65) + "@example.com",
        "x@" + String(repeating: "b", count: 64) + ".example",
        "x@" + String(repeating: "abcdefg.", count: 32) + "example",
    ])
    func `an address that breaks the rule is refused`(text: String) {
        #expect(!EmailAddress.isValid(text))
        #expect(EmailAddress(text) == nil)
    }

    @Test func `the parts of an address are told apart`() throws {
        let address = try address("Ann.Lee@Mail.Example.COM")
        #expect(address.localPart == "Ann.Lee")
        #expect(address.domain == "mail.example.com")
        #expect(address.description == "Ann.Lee@Mail.Example.COM")
    }

    @Test(arguments: [
        ("i1.r2@mail.example.com", true), ("a_b+c=d-e@x", true), ("", false), ("a", false),
        ("a@", false), ("@a", false), ("a@b@c", false), ("../a@b", false), (".a@b", false),
        ("a/b@c", false), ("a@b\r\nX: y", false), ("a@b>", false), ("a\u{0}@b", false),
        ("a@" + String(repeating: "b", count: 198), true),
        ("a@" + String(repeating: "b", count: 199), false),
    ])
    func `a message id is safe in headers and file names`(text: String, isValid: Bool) {
        #expect((MessageID(text) != nil) == isValid)
    }
}
