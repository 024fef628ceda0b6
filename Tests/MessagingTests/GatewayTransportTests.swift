// SPDX-License-Identifier: Apache-2.0
import Common
import TestSupport
import Testing

@testable import Messaging

@Suite struct GatewayTransportTests {
    private func text(
        _ text: String = "Café €5",
        to number: String = "32470000001",
        report: String? = nil
    ) -> OutgoingText {
        OutgoingText(
            id: "1.2",
            sender: "Shop",
            recipient: number,
            date: Instant(seconds: 1_780_000_000),
            text: text,
            reportURL: report
        )
    }

    private func provider(
        _ server: SMSProviderServer,
        _ path: String,
        limit: Span = .seconds(15),
        inside: Bool = true,
        _ change: (inout HTTPProviderDescription) -> Void = { _ in }
    ) throws -> GatewayTransport {
        var description = HTTPProviderDescription(
            url: server.url(path),
            headers: [
                "Content-Type": "application/json", "Authorization": "Bearer {{secret}}",
            ],
            body: #"{"to":"{{to}}","from":"{{from}}","text":"{{text}}","n":{{parts}}}"#
        )
        change(&description)
        return try GatewayTransport(
            HTTPProvider(description, secret: "k3y"),
            allowsInside: inside,
            timeLimit: limit
        )
    }

    private struct Sent: Decodable {
        var from: String
        var text: String
        var n: Int
    }

    @Test func `Kannel takes messages of both encodings, in as many parts as were counted`()
        async throws
    {
        let kannel = try KannelServer()
        let transport = try GatewayTransport(
            KannelGateway(
                url: kannel.url,
                user: KannelServer.user,
                password: KannelServer.password,
                route: "operator"
            ),
            allowsInside: true
        )
        let texts = [
            "Café €5 {x}", "Привет 😀", String(repeating: "a", count: 160),
            String(repeating: "a", count: 161), String(repeating: "я", count: 70),
            String(repeating: "я", count: 71), String(repeating: "€", count: 81),
            String(repeating: "я", count: 200), "a&b=c+d%20#\n?",
        ]
        let messages = texts.enumerated().map { text($1, to: "3247000000\($0)") }
        let results = await transport.deliver(messages)
        for result in results {
            guard case .accepted = result else {
                Issue.record("\(result)")
                continue
            }
        }
        let expected = texts.map { TextMeasure($0).parts }
        let total = expected.reduce(0, +)
        let taken = try await until {
            try kannel.taken()
        } holds: {
            $0.count >= total
        }
        for (index, text) in texts.enumerated() {
            let own = taken.filter { $0.recipient == "3247000000\(index)" }
            #expect(own.count == expected[index], "\(text)")
            let content = own.sorted { $0.header < $1.header }.flatMap(\.content)
            if TextMeasure(text).encoding == .gsm7 {
                #expect(own.allSatisfy { $0.coding == 0 })
                #expect(GSMAlphabet.decode(content) == text)
            } else {
                #expect(own.allSatisfy { $0.coding == 8 })
                #expect(content == text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
            }
        }
    }

    @Test func `Kannel's refusals are told apart`() async throws {
        let kannel = try KannelServer()
        func deliver(
            _ password: String,
            _ url: String,
            _ number: String
        ) async throws
            -> DeliveryResult?
        {
            try await GatewayTransport(
                KannelGateway(url: url, user: KannelServer.user, password: password),
                allowsInside: true
            ).deliver([text(to: number)]).first
        }
        let good = KannelServer.password
        let login = try await deliver("wrong", kannel.url, "32470000001")
        guard case .notHandedOver(let words) = login else {
            Issue.record("\(String(describing: login))")
            return
        }
        #expect(words.contains("Authorization failed") && !words.contains("wrong"))
        let number = try await deliver(good, kannel.url, "nobody")
        guard case .refusedPermanently(let refusal) = number else {
            Issue.record("\(String(describing: number))")
            return
        }
        #expect(refusal.code == 400)
        let place = try await deliver(good, kannel.url + "x", "32470000001")
        guard case .notHandedOver = place else {
            Issue.record("\(String(describing: place))")
            return
        }
        let closed = try await deliver(good, "http://127.0.0.1:1/", "32470000001")
        guard case .notHandedOver(let reason) = closed else {
            Issue.record("\(String(describing: closed))")
            return
        }
        #expect(!reason.contains(good) && !reason.contains("p%26ss"))
    }

    @Test func `a provider is asked by its templates, over one connection`() async throws {
        let server = try SMSProviderServer()
        let transport = try provider(server, "/ok?id={{id}}&to={{to}}")
        let results = await transport.deliver([
            text("say \"hi\"\n\\ ü"), text(String(repeating: "b", count: 200)),
        ])
        let taken = DeliveryResult.accepted(reply: #"{"status":"accepted"}"#)
        #expect(results == [taken, taken])
        #expect(await transport.deliver([text("third")]) == [taken])
        let requests = try server.requests()
        #expect(requests.map(\.connection) == [1, 1, 1])
        #expect(requests[0].method == "POST" && requests[0].path == "/ok?id=1.2&to=32470000001")
        #expect(requests[0].headers["authorization"] == "Bearer k3y")
        let sent = try requests.map { try JSONText.decode(Sent.self, from: $0.body) }
        #expect(sent[0].text == "say \"hi\"\n\\ ü" && sent[0].from == "Shop")
        #expect(sent.map(\.n) == [1, 2, 1])
    }

    @Test func `values are escaped for where they stand`() async throws {
        let server = try SMSProviderServer()
        let form = try provider(server, "/ok") {
            $0.headers = ["Content-Type": "application/x-www-form-urlencoded"]
            $0.body = "text={{text}}"
        }
        let xml = try provider(server, "/ok") {
            $0.headers = ["Content-Type": "text/xml; charset=utf-8", "X-Text": "{{text}}"]
            $0.body = "<t>{{text}}</t>"
        }
        let get = try provider(server, "/ok?text={{text}}") { $0.method = "GET" }
        for transport in [form, xml, get] { _ = await transport.deliver([text("a&b <c>\r\nd: é")]) }
        let requests = try server.requests()
        #expect(requests[0].body == "text=a%26b%20%3Cc%3E%0D%0Ad%3A%20%C3%A9")
        #expect(requests[1].body == "<t>a&amp;b &lt;c&gt;\r\nd: é</t>")
        #expect(requests[1].headers["d"] == nil)
        #expect(requests[2].method == "GET" && requests[2].body.isEmpty)
        #expect(requests[2].path == "/ok?text=a%26b%20%3Cc%3E%0D%0Ad%3A%20%C3%A9")
    }

    @Test func `what a provider answers is read by its patterns`() async throws {
        let server = try SMSProviderServer()
        func first(
            _ path: String,
            _ change: (inout HTTPProviderDescription) -> Void = { _ in }
        ) async throws -> String {
            let result = try await provider(server, path, change).deliver([text()]).first
            return switch result {
            case .accepted: "accepted"
            case .refusedTemporarily(let refusal): "later \(refusal.code)"
            case .refusedPermanently(let refusal): "never \(refusal.code)"
            default: "\(String(describing: result))"
            }
        }
        #expect(try await first("/later") == "later 503")
        #expect(try await first("/never") == "never 422")
        #expect(try await first("/odd") == "accepted")
        #expect(try await first("/odd") { $0.success = "accepted" } == "later 200")
        #expect(try await first("/odd") { $0.permanentFailure = "^200 .*rejected" } == "never 200")
        #expect(try await first("/never") { $0.permanentFailure = "^9" } == "later 422")
    }

    @Test func `a request that left and was not answered is in doubt, and is never repeated`()
        async throws
    {
        let server = try SMSProviderServer()
        let closed = try await provider(server, "/close").deliver([text()])
        guard case .inDoubt = closed[0] else {
            Issue.record("\(closed)")
            return
        }
        let silent = try await provider(server, "/silent", limit: .seconds(2))
            .deliver([text()])
        guard case .inDoubt = silent[0] else {
            Issue.record("\(silent)")
            return
        }
        // The second request may be noted after its time limit.
        let requests = try await until {
            try server.requests()
        } holds: {
            $0.count >= 2
        }
        #expect(requests.count == 2)
        // On a kept connection libcurl would make the request again by itself.
        let kept = try await provider(server, "/once").deliver([text("1"), text("2"), text("3")])
        guard case .accepted = kept[0], case .inDoubt = kept[1], case .accepted = kept[2] else {
            Issue.record("\(kept)")
            return
        }
        #expect(try server.requests().count == 5)
    }

    @Test func `this machine is refused unless it is allowed, and nothing starts when told so`()
        async throws
    {
        let server = try SMSProviderServer()
        let refused = try await provider(server, "/ok", inside: false).deliver([text(), text()])
        for result in refused {
            guard case .notHandedOver(let reason) = result else {
                Issue.record("\(result)")
                return
            }
            #expect(reason.contains("must not be"))
        }
        let held = try await provider(server, "/ok").deliver([text()]) { false }
        #expect(held == [.notStarted])
        #expect(try server.requests().isEmpty)
    }

    @Test(
        arguments: [
            ("PUT", "https://x.example", nil), ("POST", "https://x.example/{{nothing}}", nil),
            ("POST", "https://x.example/{{to", nil), ("POST", "https://x.example", "("),
        ] as [(String, String, String?)]
    )
    func `a description that cannot work is refused`(
        _ method: String,
        _ url: String,
        _ pattern: String?
    ) {
        #expect(throws: MessagingError.self) {
            try HTTPProvider(
                HTTPProviderDescription(url: url, method: method, success: pattern),
                secret: ""
            )
        }
    }
}
