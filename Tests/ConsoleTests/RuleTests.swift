// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Foundation
import Testing

@testable import Console

/// The console's pure rules.
struct RuleTests {
    @Test(arguments: [
        (0, 4), (4, 4), (5, 5), (6, 10), (11, 20), (21, 40), (41, 50), (99, 100), (101, 200),
        (1_000_000, 1_000_000), (1_000_001, 2_000_000),
    ])
    func `an axis ends at a round number`(highest: Int, top: Int) {
        #expect(ChartScale.top(highest) == top)
    }

    @Test(arguments: [
        (0.25, "0.3 s"), (9.94, "9.9 s"), (41, "41 s"), (125, "2 min 5 s"), (11_100, "3 h 5 min"),
        (260_000, "3 days 0 h"),
    ])
    func `a span is written in two units`(seconds: Double, text: String) {
        #expect(TimeText.span(Span(microseconds: Int64(seconds * 1_000_000))) == text)
    }

    @Test(arguments: [(0, "UTC"), (3_600, "UTC+1"), (-12_600, "UTC−3:30"), (20_700, "UTC+5:45")])
    func `an offset is written with its sign`(seconds: Int64, text: String) {
        #expect(TimeText.offset(seconds) == text)
    }

    @Test func `a moment shows its zone`() throws {
        let moment = try #require(Instant(iso8601: "2026-07-01T12:05:00Z"))
        let zone = try #require(Zone("Europe/Brussels"))
        #expect(TimeText.moment(moment, in: zone) == "1 Jul 2026, 14:05 UTC+2")
    }

    @Test(arguments: [
        SQLValue.integer(7), .moment(Instant(microseconds: 99)), .text("a.b~c"), .boolean(true),
        .null,
    ])
    func `a cursor comes back as it was`(value: SQLValue) {
        let place = ListingPlace(value: value, key: 42)
        #expect(ListCursor.place(ListCursor.text(place, sorted: true)) == place)
    }

    @Test(arguments: ["", "x", ".", "1.", "..", "9999999999999999999"])
    func `what is no cursor is the first page or a place without harm`(text: String) {
        let place = ListCursor.place(text)
        #expect(place == nil || place?.key == 1)
    }

    @Test(arguments: [
        ("/console/tasks?a=b", "/console/tasks?a=b"), ("//evil.example", "/console/"),
        ("https://evil.example", "/console/"), ("/console/\\evil", "/console/"),
        ("/consoleevil", "/console/"), ("", "/console/"),
    ])
    func `after signing in nobody is led elsewhere`(next: String, place: String) {
        #expect(SignInPages.safe(next) == place)
    }

    @Test(arguments: [
        (["sec-fetch-site": "cross-site"], false), (["sec-fetch-site": "same-origin"], true),
        (["origin": "https://a.example", "host": "a.example"], true),
        (["origin": "https://b.example", "host": "a.example"], false),
        (["origin": "null", "host": "a.example"], false), ([:], true),
    ])
    func `a form of another site is refused`(headers: [String: String], isFine: Bool) {
        let request = SiteRequest(method: "POST", path: ["console"], headers: headers)
        let passes = (try? OriginRule.check(request)) != nil
        #expect(passes == isFine)
    }

    @Test(arguments: [
        ("https://console.example", true), ("https://CONSOLE.example", true),
        ("http://127.0.0.1:8080", true), ("https://evil.example", false),
        ("http://console.example", false),
    ])
    func `behind a proxy the console takes forms of its own address`(
        origin: String,
        isFine: Bool
    ) {
        let headers = ["origin": origin, "host": "127.0.0.1:8080"]
        let request = SiteRequest(method: "POST", path: ["console"], headers: headers)
        let passes = (try? OriginRule.check(request, at: "https://console.example")) != nil
        #expect(passes == isFine)
    }

    @Test func `a trigger that the last runs would miss is warned of`() throws {
        let start = try #require(Instant(iso8601: "2026-11-30T03:00:00Z"))
        let nine = try #require(TimeOfDay("03:30"))
        let slow = TriggerFit.warning(start: start, time: nine, zone: .utc, lasted: [.minutes(40)])
        #expect(slow?.contains("40 min") == true)
        #expect(
            TriggerFit.warning(start: start, time: nine, zone: .utc, lasted: [.minutes(20)]) == nil
        )
        #expect(TriggerFit.warning(start: start, time: nine, zone: .utc, lasted: []) == nil)
    }

    @Test func `every route has a path of its own`() {
        var seen: Set<String> = []
        for route in ConsoleRoutes.all {
            let parts = route.parts.map { $0.hasPrefix(":") ? ":" : $0 }
            let name = "\(route.isReading) \(parts.joined(separator: "/"))"
            #expect(seen.insert(name).inserted, "\(name)")
        }
    }

    @Test func `no page stands before another whose address it takes too`() {
        let routes = ConsoleRoutes.all
        for (index, route) in routes.enumerated() {
            let taker = routes[..<index].first {
                $0.isReading == route.isReading && $0.match(route.parts[...]) != nil
            }
            #expect(taker == nil, "\(route.parts) is taken by \(taker?.parts ?? [])")
        }
    }

    @Test func `nothing is changed with the permission to read but what is one's own`() {
        let open = ConsoleRoutes.all.filter { !$0.isReading && $0.permission == .read }
        #expect(
            open.map { $0.parts.joined(separator: "/") }.sorted() == [
                "account/display", "account/password", "sign-out",
            ]
        )
    }

    @Test(arguments: GuideTexts.all.keys.sorted())
    func `a guide is the same in the console and in the docs`(name: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let path = folder.appending(path: "docs/guides/\(name).md").path
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(GuideTexts.all[name].map { $0 + "\n" } == text)
        #expect(!Markdown(text).title.isEmpty)
    }

    @Test(arguments: MenuEntry.allCases)
    func `every entry of the menu has a guide`(entry: MenuEntry) {
        #expect(entry.help.flatMap { GuideTexts.all[$0] } != nil)
    }

    @Test func `words of headers in other letters are read`() {
        #expect(
            EncodedWords.decode("=?UTF-8?Q?Gr=C3=BC=C3=9Fe_an?= =?utf-8?b?ZGljaA==?=")
                == "Grüße andich"
        )
        #expect(EncodedWords.decode("plain") == "plain")
    }
}
