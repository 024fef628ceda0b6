// SPDX-License-Identifier: Apache-2.0
import Common
import Foundation
import TestSupport
import Testing

@testable import Messaging

@Suite struct DKIMTests {
    private func verify(_ mail: [UInt8], _ records: [String]) throws -> [Bool] {
        let folder = try TemporaryFolder()
        let file = folder.path + "/mail.eml"
        try Data(mail).write(to: URL(fileURLWithPath: file))
        let output = try PythonScript("verify_dkim.py", records, package: "dkim", input: file)
            .readAll()
        return try JSONDecoder().decode([Bool].self, from: output)
    }

    private func mail(_ html: String, subject: String) throws -> [UInt8] {
        var message = try message(EmailVariant(subject: subject, html: html), to: "Zoë Ångström")
        message.unsubscribe = EmailMessage.Unsubscribe(
            url: "https://t.example/u/\(String(repeating: "x", count: 120))"
        )
        return try message.build()
    }

    @Test(arguments: [
        ("<p>Hello</p>", "Hello"), ("<p>Grüße, 日本語</p>\n\n\n", "Grüße aus 東京 und so weiter, lang"),
        (String(repeating: "<p>a  b\t c </p>\n", count: 3_000), "  blanks  inside  "),
        ("", "Empty"),
    ])
    func `dkimpy verifies both kinds of signature`(html: String, subject: String) throws {
        let keys = try DKIMAlgorithm.allCases.map { try DKIMKey($0) }
        let signers = keys.map { key in
            DKIMSigner(domain: "example.com", selector: key.algorithm.rawValue, key: key)
        }
        let signed = try DKIMSigner.sign(
            mail(html, subject: subject),
            by: signers,
            at: sampleMoment
        )
        let records = keys.flatMap {
            ["\($0.algorithm.rawValue)._domainkey.example.com", $0.record]
        }
        #expect(try verify(signed, records) == [true, true])
        let text = String(decoding: signed, as: UTF8.self)
        let other = text.replacing("Date: Tue", with: "Date: Wed")
        #expect(try verify(Array(other.utf8), records) == [false, false])
        let more = text.replacing("Date: Tue", with: "From: x@evil.example\r\nDate: Tue")
        #expect(try verify(Array(more.utf8), records) == [false, false])
        #expect(try verify(Array((text + "more\r\n").utf8), records) == [false, false])
        let longest = text.split(separator: "\r\n").prefix(20).map(\.utf8.count).max() ?? 0
        #expect(longest < 998)
    }

    @Test func `the relaxed forms are those of RFC 6376`() throws {
        // RFC 6376 section 3.4.5.
        let message = "A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n"
        let (fields, body) = DKIMCanonical.split(Array(message.utf8))
        let headers = fields.map { field in
            String(decoding: DKIMCanonical.header(field.name, field.value), as: UTF8.self)
        }
        #expect(headers == ["a:X", "b:Y Z"])
        #expect(String(decoding: DKIMCanonical.body(body), as: UTF8.self) == " C\r\nD E\r\n")
    }

    @Test(arguments: [
        ("", ""), ("\r\n", ""), ("\r\n\r\n", ""), ("a", "a\r\n"), ("a\r\n", "a\r\n"),
        (" \r\n", ""), ("a \t \r\n \r\n", "a\r\n"), ("a\r\n\r\nb", "a\r\n\r\nb\r\n"),
    ])
    func `a body loses its blanks and its empty end`(body: String, relaxed: String) {
        let bytes = DKIMCanonical.body(Array(body.utf8)[...])
        #expect(String(decoding: bytes, as: UTF8.self) == relaxed)
    }

    @Test func `the relaxed form of a relaxed form is itself`() {
        var chance = SeededRandomness(seed: 5)
        let pieces = ["a", " ", "\t", "\r\n", "bc", ":", "\r\n ", "é"]
        for _ in 0..<500 {
            let text = (0..<Int.random(in: 0..<20, using: &chance)).map { _ in
                pieces.randomElement(using: &chance) ?? ""
            }.joined()
            let body = DKIMCanonical.body(Array(text.utf8)[...])
            #expect(DKIMCanonical.body(body[...]) == body)
            _ = DKIMCanonical.split(Array(text.utf8))
        }
    }

    @Test func `a key comes back from its text and never prints`() throws {
        for algorithm in DKIMAlgorithm.allCases {
            let key = try DKIMKey(algorithm)
            let again = try #require(DKIMKey(key.reveal()))
            #expect(again.record == key.record && again.algorithm == algorithm)
            #expect("\(key)" == "(secret)")
        }
        #expect(DKIMKey("rsa:AAAA") == nil && DKIMKey("x:AAAA") == nil && DKIMKey("") == nil)
        #expect(DKIMNames.domain("Example.ORG") == "example.org")
        #expect(DKIMNames.domain("exa mple.org") == nil)
        #expect(DKIMNames.selector("M1") == "m1" && DKIMNames.selector("a.b") == nil)
        #expect(DKIMNames.answers("example.org", for: "news.example.org"))
        #expect(!DKIMNames.answers("example.org", for: "badexample.org"))
    }
}
