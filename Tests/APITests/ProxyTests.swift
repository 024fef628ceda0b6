// SPDX-License-Identifier: Apache-2.0
import Common
import TestSupport
import Testing

@testable import API

/// Who calls, when a proxy stands between.
@Suite struct ProxyTests {
    static let hops: [(String, String?, String)] = [
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9:5000", "203.0.113.9"),
        ("127.0.0.1", "[2001:DB8::1]:5000", "2001:db8::1"),
        ("::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.255.0.1", " 203.0.113.9 ", "203.0.113.9"), ("127.0.0.1", nil, "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"), ("127.0.0.1", "1.2.3.4, unknown", "127.0.0.1"),
        ("127.0.0.1", "10.0.0.1", "10.0.0.1"), ("192.0.2.7", "203.0.113.9", "192.0.2.7"),
        ("11.0.0.1", "203.0.113.9", "11.0.0.1"), ("", "203.0.113.9", ""),
        ("2001:db8:1::5", "203.0.113.9", "203.0.113.9"),
        ("2001:db8:2::5", "203.0.113.9", "2001:db8:2::5"),
    ]

    @Test(arguments: hops)
    func `the last address that is no named proxy's is who calls`(
        peer: String,
        forwarded: String?,
        caller: String
    ) throws {
        let proxies = try #require(ProxyList("127.0.0.1 10.0.0.0/8, 2001:db8:1::/48"))
        #expect(proxies.caller(peer: peer, forwarded: forwarded) == caller)
        #expect(ProxyList.none.caller(peer: peer, forwarded: forwarded) == peer)
    }

    @Test(arguments: ["localhost", "10.0.0.0/", "10.0.0.0/-1", "::/129", "1.2.3"])
    func `what is no address is refused`(text: String) {
        #expect(ProxyList(text) == nil)
    }

    @Test(arguments: [true, false])
    func `failed tokens are counted by the caller that a named proxy tells`(
        isNamed: Bool
    ) async throws {
        let time = ManualTime()
        let named = try #require(ProxyList("127.0.0.1"))
        let change: (inout ServerOptions) -> Void = { $0.proxies = isNamed ? named : .none }
        try await TestServer.with(.memory, options: change, time: time) { server in
            let client = Client(server, "nobody's")
            func status(_ caller: String) async throws -> Int {
                try await client.send("GET", "/v1/list", nil, ["X-Forwarded-For": caller]).status
            }
            var statuses: [Int] = []
            for _ in 0..<30 { statuses.append(try await status("203.0.113.9")) }
            #expect(statuses.contains(429))
            #expect(try await status("203.0.113.10") == (isNamed ? 401 : 429))
        }
    }
}
