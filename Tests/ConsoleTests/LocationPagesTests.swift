// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Millrace
import TestSupport
import Testing

@testable import Console
@testable import Files

/// The pages of locations: making them, testing them, trusting their servers.
struct LocationPagesTests {
    private static let path = "/console/settings/locations"
    private static let key = "SHA256:QGN7jM6asc4WlnoTRAR4UtAlynMjnLS+vvSIriWhLGg"

    private static let server: KeyValuePairs = [
        "name": "warehouse", "host": "sftp.example.org", "user": "feed", "path": "out",
        "password": "very secret words",
    ]

    @Test(arguments: TestEngine.lasting)
    func `an SFTP server is added, trusted, and forgotten when another takes its place`(
        engine: TestEngine
    ) async throws {
        let ground = try await ConsoleGround(engine)
        let admin = try await ground.cookie(.administrator)
        let made = try await ground.post("\(Self.path)/new?kind=sftp", Self.server, by: admin)
        #expect(made.location == Self.path)
        #expect(await ground.page(Self.path, by: admin).contains("not trusted yet"))
        let record = try await ground.read { connection in
            try ground.installation.consoleServices.rooms.locations
                .find(named: "warehouse", ground.workspace.id, in: connection)
        }
        let place = "\(Self.path)/\(record.id)"
        let bad = try await ground.post("\(place)/trust", ["hostKey": "MD5:1"], by: admin)
        #expect(bad.status == 422)
        _ = try await ground.post("\(place)/trust", ["hostKey": Self.key], by: admin)
        #expect(await ground.page(Self.path, by: admin).contains("key is trusted<"))
        func settings() async throws -> [String: String] {
            try await ground.read { connection in
                try ground.installation.consoleServices.rooms.locations
                    .find(record.id, ground.workspace.id, in: connection).location.settings
            }
        }
        #expect(try await settings()["hostKey"] == Self.key)
        let edit = await ground.page("\(place)/edit", by: admin)
        #expect(!edit.contains("very secret") && edit.contains("value=\"sftp.example.org\""))
        var fields = Dictionary(uniqueKeysWithValues: Self.server.map { ($0.key, $0.value) })
        (fields["password"], fields["path"]) = ("", "in")
        func save() async throws -> Int {
            let items = fields.map { Form.Item(name: $0.key, value: $0.value) }
            return try await ground.post("\(place)/edit", items: items, by: admin).status
        }
        #expect(try await save() == 303)
        #expect(try await settings()["hostKey"] == Self.key)
        fields["host"] = "other.example.org"
        #expect(try await save() == 303)
        #expect(try await settings()["hostKey"] == nil)
    }

    @Test(arguments: [
        ("sftp", "host", ""), ("sftp", "port", "70000"), ("sftp", "user", ""),
        ("sftp", "path", "../x"), ("ftps", "authority", "none"), ("folder", "path", "here"),
    ])
    func `what is wrong stands beside its field`(
        kind: String,
        field: String,
        value: String
    ) async throws {
        let ground = try await ConsoleGround(.file)
        let admin = try await ground.cookie(.administrator)
        var fields = Dictionary(uniqueKeysWithValues: Self.server.map { ($0.key, $0.value) })
        fields[field] = value
        let items = fields.map { Form.Item(name: $0.key, value: $0.value) }
        let refused = try await ground.post(
            "\(Self.path)/new?kind=\(kind)",
            items: items,
            by: admin
        )
        #expect(refused.status == 422 && refused.text.contains("id=\"f-\(field)-error\""))
        #expect(!refused.text.contains("very secret"))
    }

    @Test func `the test shows a key that nobody has compared, and warns of another one`() {
        let view = View(formToken: "t", zone: .utc, now: Instant(seconds: 0))
        func html(_ known: String?) -> String {
            let record = LocationRecord(
                id: LocationID(7),
                name: "warehouse",
                location: .sftp(host: "h.example", user: "u", hostKey: known)
            )
            return LocationTestPage.key(Self.key, record).html(view).text
        }
        #expect(html(nil).contains("Is this the server?"))
        #expect(html(nil).contains("name=\"hostKey\" value=\"\(Self.key)\""))
        let changed = html("SHA256:other")
        #expect(changed.contains("key has changed") && changed.contains("SHA256:other"))
        #expect(changed.contains("class=\"notice bad\""))
    }
}
