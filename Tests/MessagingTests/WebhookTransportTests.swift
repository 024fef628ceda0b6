// SPDX-License-Identifier: Apache-2.0
import Common
import Messaging
import TestSupport
import Testing

@Suite struct WebhookTransportTests {
    private static let secret = WebhookSecret(randomness: SeededRandomness())

    private func post(
        _ url: String,
        allowsInside: Bool = true,
        limit: Span = .seconds(15)
    ) throws -> WebhookAnswer {
        try WebhookTransport(timeLimit: limit).post(
            WebhookMessage(
                url: url,
                id: "msg_1_2",
                moment: Instant(microseconds: 1_780_000_000_900_000),
                body: Array("{\"words\":\"Zoë\"}".utf8)
            ),
            signedWith: Self.secret,
            allowsInside: allowsInside
        )
    }

    @Test func `a message is one signed POST`() throws {
        let receiver = try WebhookReceiver(secret: Self.secret.reveal())
        #expect(try post(receiver.url("/ok?a=1")) == .status(200))
        let request = try #require(try receiver.requests().first)
        #expect(request.isSigned && request.path == "/ok?a=1")
        #expect(request.body == "{\"words\":\"Zoë\"}")
        #expect(request.headers["webhook-id"] == "msg_1_2")
        #expect(request.headers["webhook-timestamp"] == "1780000000")
        #expect(request.headers["content-type"] == "application/json")
    }

    /// The sample of the specification (Standard Webhooks, reference libraries).
    @Test func `the signature is that of the specification's sample`() throws {
        let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let signature = secret.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            at: Instant(seconds: 1_614_265_330),
            body: Array("{\"test\": 2432232314}".utf8)
        )
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test func `another secret does not verify`() throws {
        let receiver = try WebhookReceiver(secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        #expect(try post(receiver.url("/ok")) == .status(200))
        #expect(try receiver.requests().map(\.isSigned) == [false])
    }

    @Test func `a redirect is an answer and is not followed`() throws {
        let receiver = try WebhookReceiver(secret: Self.secret.reveal())
        #expect(try post(receiver.url("/moved")) == .status(302))
        #expect(try receiver.requests().map(\.path) == ["/moved"])
    }

    @Test func `of an answer without end only the beginning is read`() throws {
        let receiver = try WebhookReceiver(secret: Self.secret.reveal())
        #expect(try post(receiver.url("/long")) == .status(200))
    }

    @Test func `a receiver that does not answer costs the time limit`() throws {
        let receiver = try WebhookReceiver(secret: Self.secret.reveal())
        let answer = try post(receiver.url("/silent"), limit: .seconds(2))
        guard case .failed(let words) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(words.contains("timed out"))
    }

    @Test(arguments: [
        "127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "0.0.0.0",
    ])
    func `this machine is refused by every name of it`(host: String) throws {
        let receiver = try WebhookReceiver(secret: Self.secret.reveal())
        #expect(try post(receiver.url("/ok", host: host), allowsInside: false) == .refused)
        #expect(try receiver.requests().isEmpty)
    }

    @Test(arguments: ["http://169.254.169.254/latest", "http://[fe80::1]/", "http://0.0.0.0/"])
    func `the link's own addresses are refused also where private ones are allowed`(
        url: String
    ) throws {
        #expect(try post(url, allowsInside: true) == .refused)
    }

    @Test(arguments: ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/"])
    func `other protocols are not spoken`(url: String) throws {
        guard case .failed = try post(url) else {
            Issue.record("\(url) was spoken")
            return
        }
    }

    @Test func `a secret has one form and never prints`() {
        let text = Self.secret.reveal()
        #expect(text.wholeMatch(of: #/whsec_[A-Za-z0-9+/]{43}=/#) != nil)
        #expect(WebhookSecret(text)?.reveal() == text)
        #expect("\(Self.secret)" == "(secret)" && !String(reflecting: Self.secret).contains(text))
        for wrong in ["", "whsec_", "whsec_?", "whsec_AAAA", String(text.dropFirst(6))] {
            #expect(WebhookSecret(wrong) == nil)
        }
    }
}
