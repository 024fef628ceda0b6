// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Millrace
import TestSupport
import Testing

/// Locations on servers, by the API.
@Suite struct LocationResourceTests {
    @Test func `a server is defined, tested, trusted and listed, and its secret is never answered`()
        async throws
    {
        let sftp = try FileServer(.sshd)
        let key = try sftp.made("user")
        try await TestServer.with(.file) { server in
            let client = Client(server, try await server.token())
            let made = try await client.post(
                "/v1/location",
                [
                    "name": "partner", "kind": "sftp",
                    "settings": [
                        "host": "127.0.0.1", "port": .string("\(sftp.port)"),
                        "user": .string(sftp.user),
                    ], "secrets": ["privateKey": .string(key)],
                ]
            )
            #expect(made.status == 201 && !made.text.contains("PRIVATE"))
            let place = "/v1/location/\(made.data["id"].number)"
            let unknown = try await client.post("\(place)/test", [:])
            #expect(unknown.data["passed"] == false)
            #expect(unknown.data["host_key"] == .string(sftp.fingerprint))
            #expect(unknown.data["steps"].elements.count == 9)
            let refused = try await client.get("\(place)/files")
            #expect(refused.status == 502 && refused.text.contains(sftp.fingerprint))
            let bad = try await client.post("\(place)/trust", ["host_key": "md5:00"])
            #expect(bad.status == 422 && bad.text.contains("hostKey"))
            let trusted = try await client.post(
                "\(place)/trust",
                ["host_key": .string(sftp.fingerprint)]
            )
            #expect(trusted.status == 200)
            let good = try await client.post("\(place)/test", [:])
            #expect(good.data["passed"] == true, "\(good.text)")
            let files = try await client.get("\(place)/files")
            #expect(files.status == 200 && files.data.elements.isEmpty)
            let shown = try await client.get(place)
            #expect(shown.data["settings"]["hostKey"] == .string(sftp.fingerprint))
            #expect(!shown.text.contains("secrets") && !shown.text.contains("PRIVATE"))
            #expect(try await client.delete(place).status == 200)
            let secrets = try server.installation.apiServices.secrets(server.workspace.id)
            let names = try await server.installation.database.read { try secrets.names(in: $0) }
            #expect(names == [])
        }
    }

    @Test func `settings and secrets that are none are refused by name`() async throws {
        try await TestServer.with(.memory) { server in
            let client = Client(server, try await server.token())
            let host: JSONValue = ["host": "a.example", "user": "feed"]
            let cases: [(JSONValue, JSONValue, String)] = [
                (["host": "a.example", "user": "u", "password": "p"], [:], "password"),
                (["host": "-oProxy", "user": "u"], [:], "host"), (["user": "u"], [:], "host"),
                (["host": "a.example"], [:], "user"),
                (["host": "a.example", "user": "u", "port": "0"], [:], "port"),
                (["host": "a.example", "user": "u", "path": "../x"], [:], "path"),
                (["host": "a.example", "user": "u", "hostKey": "x"], [:], "hostKey"),
                (host, ["pin": "1"], "secrets"),
            ]
            for (settings, secrets, word) in cases {
                let answer = try await client.post(
                    "/v1/location",
                    ["name": "a", "kind": "sftp", "settings": settings, "secrets": secrets]
                )
                #expect(answer.status == 422 && answer.text.contains(word), "\(answer.text)")
            }
        }
    }
}

extension Client.Reply {
    fileprivate var text: String { String(decoding: body, as: UTF8.self) }
}
