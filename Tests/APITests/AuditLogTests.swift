// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import Foundation
import Millrace
import TestSupport
import Testing

/// What the API does in its own way is in the audit log as every change is.
@Suite struct AuditLogTests {
    private static func last(_ server: TestServer) async throws -> [String] {
        let workspace = server.workspace.id
        let entry = try await server.installation.database.read { connection in
            try AuditLog(workspace).entries(limit: 1, in: connection).first
        }
        return entry.map { [$0.action, $0.subject] } ?? []
    }

    @Test(arguments: TestEngine.lasting)
    func `tests of mails, downloads, uploads and bulks are written down`(
        _ engine: TestEngine
    ) async throws {
        try await TestServer.with(engine) { server in
            let client = Client(server, try await server.token())
            let message = try await client.post("/v1/emailMessage", TaskWorld.mail()).data["id"]
            let test = "/v1/emailMessage/\(message.number)/test"
            let sent = try await client.post(test, ["recipients": ["a@example.org"]])
            #expect(sent.status == 200, "\(sent.message)")
            let mail = "emailMessage \(message.number)"
            #expect(try await Self.last(server) == ["emailMessage.test", mail])
            let refused = try await client.post(test, ["recipients": []])
            #expect(refused.status == 422)
            let letters = try await client.post(
                "/v1/campaign",
                ["name": "Letters", "channel": "print", "content": ["columns": ["firstName"]]]
            )
            #expect(letters.status == 201, "\(letters.message)")
            let campaign = letters.data["id"].number
            let taken = try await client.post("/v1/campaign/\(campaign)/download", [:])
            #expect(taken.status == 200, "\(taken.message)")
            let entry = ["campaign.download", "campaign \(campaign)"]
            #expect(try await Self.last(server) == entry)
            let upload = try await client.send(
                "POST",
                "/v1/import/upload?name=people.csv",
                bytes: Data("userId\nu1\n".utf8)
            )
            #expect(upload.status == 202, "\(upload.message)")
            let task = upload.data["task_id"].number
            #expect(try await Self.last(server) == ["import.upload", "task \(task)"])
            let bulk = try await client.post(
                "/v1/members/imports",
                ["import_id": "crm", "members": [["properties": ["userId": "u2"]]]]
            )
            #expect(bulk.status == 202, "\(bulk.message)")
            let number = bulk.data["id"].number
            #expect(try await Self.last(server) == ["members.import", "bulk \(number)"])
        }
    }
}
