// SPDX-License-Identifier: Apache-2.0
import Foundation
import Messaging
import Testing

@Suite struct PersonalisationTests {
    /// A template, its values, and what it gives in HTML and in text.
    struct Row: Sendable, CustomTestStringConvertible {
        var template: String
        var values: [String: PersonalisationValue] = [:]
        var html: String
        var text: String
        var testDescription: String { template }

        init(_ template: String, _ values: [String: PersonalisationValue], _ html: String) {
            self.init(template, values, html, text: html)
        }

        init(
            _ template: String,
            _ values: [String: PersonalisationValue],
            _ html: String,
            text: String
        ) {
            (self.template, self.values, self.html, self.text) = (template, values, html, text)
        }
    }

    static let rows = [
        Row("plain { } text", [:], "plain { } text"),
        Row("{{a}}", ["a": "x"], "x"),
        Row("{{ a }}-{{a}}", ["a": "x"], "x-x"),
        Row("  {{a}}\n  b\n", ["a": "x"], "  x\n  b\n"),
        Row("{{a}}", ["a": "<é> & \"'"], "&lt;é&gt; &amp; &quot;&#39;", text: "<é> & \"'"),
        Row("{{{a}}}{{&a}}", ["a": "<b>"], "<b><b>"),
        Row("{{a}}", ["a": "{{b}}"], "{{b}}"),
        Row("{{a}} {{b}} {{c}}", ["a": 12, "b": true, "c": .number(1.5)], "12 true 1.5"),
        Row("{{a}}", ["a": .number(3)], "3"),
        Row("[{{a}}]", ["a": ""], "[]"),
        Row("{{#a}}yes{{/a}}{{^a}}no{{/a}}", ["a": true], "yes"),
        Row("{{#a}}yes{{/a}}{{^a}}no{{/a}}", ["a": false], "no"),
        Row("{{#a}}yes{{/a}}{{^a}}no{{/a}}", [:], "no"),
        Row("{{#a}}yes{{/a}}{{^a}}no{{/a}}", ["a": ""], "no"),
        Row("{{#a}}Dear {{a}}{{/a}}", ["a": "Ann"], "Dear Ann"),
        Row("{{#a}}Dear {{.}}{{/a}}", ["a": "Ann"], "Dear Ann"),
        Row("{{#a}}{{.}};{{/a}}", ["a": ["x", "y"]], "x;y;"),
        Row("{{#a}}{{.}}{{^last()}}, {{/last()}}{{/a}}", ["a": ["x", "y"]], "x, y"),
        Row("{{#a}}{{n}}/{{all}} {{/a}}", ["a": [["n": 1], ["n": 2]], "all": 2], "1/2 2/2 "),
        Row("{{a.b.c}}", ["a": ["b": ["c": "deep"]]], "deep"),
        Row("{{#a.b}}{{c}}{{/a.b}}", ["a": ["b": ["c": "deep"]]], "deep"),
        Row("{{^a.x}}none{{/a.x}}", ["a": ["b": 1]], "none"),
        Row("{{uppercased(a)}} {{capitalized(a)}}", ["a": "ann"], "ANN Ann"),
        Row("a{{! not shown }}b", [:], "ab"),
        Row("{{#a}}\nline\n{{/a}}\n", ["a": true], "line\n"),
    ]

    @Test(arguments: rows)
    func `a template prints its values`(row: Row) throws {
        let variant = EmailVariant(
            subject: "s",
            html: row.template,
            text: row.template
        )
        let mail = try render(variant, attributes: row.values)
        #expect(mail.html == row.html)
        #expect(mail.text == row.text)
    }

    @Test(arguments: [
        ("{{a}}", "a"), ("{{#b}}{{a}}{{/b}}", "a"), ("{{c.x}}", "c.x"), ("{{c}}", "c"),
        ("{{d}}", "d"), ("{{.}}", "."), ("{{#d}}{{a}}{{/d}}", "a"), ("{{uppercased(a)}}", "a"),
        ("{{b}} {{z}} {{a}}", "z"),
    ])
    func `a variable without value or default is named`(template: String, name: String) throws {
        let variant = EmailVariant(subject: template, text: "t")
        let error = MessagingError.variableValue(name: name, part: "subject (en)")
        #expect(error.reason.rawValue == "VARIABLE_VALUE_ERROR")
        #expect(throws: error) {
            try render(
                variant,
                attributes: ["b": true, "c": ["y": 1], "d": [["y": 2]]]
            )
        }
    }

    @Test func `a default stands in for a value that is absent or empty`() throws {
        let variant = EmailVariant(subject: "{{a}} {{b}} {{c.d}} {{e}}", text: "t")
        let mail = try render(
            variant,
            defaults: ["a": "A", "b": "B", "c.d": "D", "e": "E"],
            attributes: ["b": "", "c": ["x": 1], "e": "given"]
        )
        #expect(mail.subject == "A B D given")
    }

    @Test(arguments: rows)
    func `Mustache and direct printing agree`(row: Row) throws {
        // A comment makes any template one for Mustache.
        let template = row.template + "{{! comment }}"
        let variant = EmailVariant(subject: "s", html: template, text: template)
        let mail = try render(variant, attributes: row.values)
        #expect(mail.html == row.html)
        #expect(mail.text == row.text)
    }

    @Test func `sections look at the value and not at its default`() throws {
        let variant = EmailVariant(subject: "{{^a}}absent {{/a}}{{a}}", text: "t")
        #expect(try render(variant, defaults: ["a": "A"]).subject == "absent A")
    }

    @Test func `parameters win over attributes`() throws {
        let variant = EmailVariant(subject: "{{a}} {{b}}", text: "t")
        let mail = try render(
            variant,
            parameters: ["a": "parameter"],
            attributes: ["a": "attribute", "b": "other"]
        )
        #expect(mail.subject == "parameter other")
    }

    @Test(arguments: [
        ("{{a", 1, 1), ("x\n {{#a}}{{b}}", 2, 2), ("é{{/a}}", 1, 2), ("{{#a}}{{/b}}", 1, 7),
        ("{{a b}}", 1, 1), ("{{}}", 1, 1), ("{{a..b}}", 1, 1), ("{{?a}}", 1, 1), ("{{a*b}}", 1, 1),
        ("{{>partial}}", 1, 1), ("{{=<% %>=}}", 1, 1), ("{{%CONTENT_TYPE:TEXT}}", 1, 1),
        ("{{<a}}{{/a}}", 1, 1), ("{{$a}}{{/a}}", 1, 1), ("{{shout(a)}}", 1, 1), ("{{{a}}", 1, 1),
        ("{{#uppercased(a)}}{{/uppercased(a)}}", 1, 1), ("a\r\nb\r\n{{!", 3, 1),
    ])
    func `a template that does not parse is refused with its place`(
        template: String,
        line: Int,
        column: Int
    ) throws {
        let content = EmailContent(
            senderAddress: "a@example.com",
            variant: EmailVariant(subject: "s", html: template)
        )
        let error = #expect(throws: MessagingError.self) { try EmailTemplate(content) }
        guard case .templateSyntax("HTML (en)", line, column, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.reason == .generationError)
    }

    @Test func `parameters decode from plain JSON`() throws {
        let json = #"{"a":"x","b":1,"c":1.5,"d":true,"e":[1,{"f":null,"g":"y"}]}"#
        let decoded = try JSONDecoder().decode(
            [String: PersonalisationValue].self,
            from: Data(json.utf8)
        )
        #expect(
            decoded == [
                "a": "x", "b": 1, "c": .number(1.5), "d": true, "e": [1, ["g": "y"]],
            ]
        )
    }
}
