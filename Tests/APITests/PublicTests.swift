// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import TestSupport
import Testing

/// What recipients reach, from the mail to the events.
@Suite struct PublicTests {
    private static let html = """
        <a href="https://shop.example/1">Shop</a> <a href="https://shop.example/{{userId}}x">Mine</a>
        <a href="{{unsubscribeURL}}">Leave</a>
        """

    /// Sends a request as it stands and reads the answer to its end.
    private func ask(
        _ port: Int,
        _ path: String,
        _ method: String = "GET",
        headers: String = "",
        body: String = ""
    ) async throws -> String {
        let length = body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n"
        return try await RawConnection(port).send(
            "\(method) \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(headers)\(length)\r\n"
                + body
        )
    }

    /// The path of the first address in a mail below a name.
    private func path(_ name: String, _ mail: String, _ number: Int = 0) throws -> String {
        let found = mail.matches(of: try Regex("http://public\\.example(/\(name)/[^\")>\\s]+)"))
        return String(try #require(found[number].output[1].substring))
    }

    @Test(arguments: TestEngine.lasting)
    func `openings and clicks come from the mail into the API`(_ engine: TestEngine) async throws {
        try await PublicWorld.with(engine) { world, port in
            let (person, mail) = try await world.send(
                Self.html.replacing("{{userId}}", with: "{{emailAddress}}")
            )
            let pixel = try path("o", mail)
            for _ in 0..<2 {
                let image = try await ask(port, pixel)
                #expect(image.hasPrefix("HTTP/1.1 200") && image.contains("image/gif"))
            }
            #expect(try await world.activities().map(\.kind) == [.opening])
            let click = try await ask(port, try path("c", mail))
            #expect(click.hasPrefix("HTTP/1.1 302"))
            #expect(click.contains("Location: https://shop.example/1\r\n"))
            let own = try await ask(port, try path("c", mail, 1))
            #expect(own.contains("Location: https://shop.example/ann@example.orgx\r\n"))
            let events = try await world.activities()
            #expect(events.map(\.kind) == [.opening, .click, .click])
            #expect(events.map(\.isFirstClick) == [nil, true, false])
            #expect(events.last?.linkURL == "https://shop.example/{{emailAddress}}x")
            try await TestServer.over(world.installation) { server in
                let client = Client(server, try await server.token())
                let clicks =
                    try await client
                    .get("/v1/emailLinkClick?subscriber_id=\(person)&sort=id")
                #expect(clicks.data.elements.map { $0["link_name"] } == ["Shop", "Mine"])
                #expect(clicks.data.elements.map { $0["first"] } == [true, false])
                let opens = try await client.get("/v1/emailOpen?subscriber_id=\(person)")
                #expect(opens.data.elements.count == 1)
                let id = opens.data[0]["id"].number
                #expect(try await client.get("/v1/emailopen/\(id)").data["id"] == .integer(id))
                #expect(try await client.get("/v1/emailOpen").status == 400)
            }
        }
    }

    @Test(arguments: TestEngine.lasting)
    func `looking changes nothing; leaving needs a POST`(_ engine: TestEngine) async throws {
        try await PublicWorld.with(engine) { world, port in
            let (person, mail) = try await world.send(Self.html.replacing("{{userId}}", with: "a"))
            let page = try path("u", mail)
            for name in ["o", "c", "u"] {
                _ = try await ask(port, try path(name, mail), "HEAD")
                _ = try await ask(port, try path(name, mail), headers: "Sec-Purpose: prefetch\r\n")
            }
            let seen = try await ask(port, page)
            #expect(seen.hasPrefix("HTTP/1.1 200") && seen.contains("<b>news</b>"))
            #expect(seen.contains("Referrer-Policy: no-referrer"))
            _ = try await ask(port, page, "POST", body: "nothing=1")
            #expect(try await world.activities().isEmpty)
            #expect(try await world.isSubscribed(person))
            let form = "Content-Type: application/x-www-form-urlencoded\r\n"
            let left = try await ask(
                port,
                page,
                "POST",
                headers: form,
                body: "List-Unsubscribe=One-Click"
            )
            #expect(left.contains("You get no more mails"))
            #expect(try await !world.isSubscribed(person))
            let back = try await ask(port, page, "POST", headers: form, body: "action=subscribe")
            #expect(back.contains("again"))
            #expect(try await world.isSubscribed(person))
            let multipart = "Content-Type: multipart/form-data; boundary=b\r\n"
            let parts =
                "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\n"
                + "One-Click\r\n--b--\r\n"
            _ = try await ask(port, page, "POST", headers: multipart, body: parts)
            #expect(try await !world.isSubscribed(person))
            _ = try await ask(port, page, "POST", headers: form, body: "action=subscribe")
            _ = try await ask(port, page, "POST", headers: form, body: "action=unsubscribe")
            #expect(try await !world.isSubscribed(person))
            #expect(try await world.activities().map(\.status) == ["list_unsubscribe"])
        }
    }

    @Test func `what was tampered with is a plain page that is not there, and in no log`()
        async throws
    {
        try await PublicWorld.with(.memory) { world, port in
            let (_, mail) = try await world.send(
                Self.html.replacing("{{userId}}", with: "{{emailAddress}}")
            )
            let link = try path("c", mail)
            let own = try path("c", mail, 1)
            let wrong = [
                String(link.dropLast()) + (link.hasSuffix("a") ? "b" : "a"), link + "/x", "/c/",
                "/",
                link + "?to=https%3A%2F%2Fevil.example", own.replacing("shop", with: "evil"),
                String(own.prefix { $0 != "?" }), "/o" + link.dropFirst(2), "/v1/task", "/x/%00",
                "/u" + link.dropFirst(2), link + "?to=x&to=y", "/c/%zz", "/healthz/x",
            ]
            for path in wrong {
                let answer = try await ask(port, path)
                #expect(answer.hasPrefix("HTTP/1.1 404"), "\(path)")
                #expect(answer.contains("There is no such page") && !answer.contains("evil"))
            }
            #expect(try await world.activities().isEmpty)
            #expect(try await ask(port, "/healthz").contains("alive"))
            let token = try #require(link.split(separator: "/").last)
            #expect(!world.log.all.contains { $0.contains(token) })
        }
    }

    @Test func `one address that asks too often waits`() async throws {
        // The clock stands, so nothing is forgiven meanwhile.
        try await PublicWorld.with(.memory, requestsPerSecond: 0.1, time: ManualTime()) { _, port in
            #expect(try await ask(port, "/healthz").hasPrefix("HTTP/1.1 200"))
            let second = try await ask(port, "/healthz")
            #expect(second.hasPrefix("HTTP/1.1 429") && second.contains("Retry-After"))
        }
        try await PublicWorld.with(.memory, time: ManualTime()) { _, port in
            var answers: Set<String> = []
            for _ in 0..<60 { answers.insert(String(try await ask(port, "/c/x").prefix(12))) }
            #expect(answers == ["HTTP/1.1 404", "HTTP/1.1 429"])
        }
    }
}
