// SPDX-License-Identifier: Apache-2.0
import Accounts
import Campaigns
import Common
import Database
import Millrace
import TestSupport
import Testing

/// What authors see of messages and sends: what is of their own (spec/api.md, task, rule 5).
@Suite struct AuthorTests {
    @Test(arguments: TestEngine.lasting)
    func `an author sees whom their own message reached, and of no other message`(
        _ engine: TestEngine
    ) async throws {
        try await TestServer.with(engine) { server in
            let world = try await TaskWorld(server)
            let author = Client(server, try await server.token(.author))
            let own = try await author.post("/v1/emailMessage", TaskWorld.mail()).data["id"]
            var tasks: [Int64] = []
            for message in [own, .integer(world.message)] {
                let body = world.task(["message_id": message, "scheduledtime": 0])
                tasks.append(try await world.client.post("/v1/task", body).data["id"].number)
            }
            try await world.work()
            let contacts = try await world.client
                .get("/v1/contact?channel=email&task_id=\(tasks[1])").data.elements
            #expect(!contacts.isEmpty)
            try await Self.open(server)
            for (task, isOwn) in [(tasks[0], true), (tasks[1], false)] {
                for path in ["/v1/contact?channel=email&", "/v1/emailOpen?", "/v1/emailLinkClick?"]
                {
                    let seen = try await author.get("\(path)task_id=\(task)").data.elements
                    #expect(seen.isEmpty != isOwn, "\(path) of \(task)")
                }
            }
            let other = contacts[0]["id"].number
            #expect(try await author.get("/v1/contact/\(other)").status == 404)
            let runs = try await world.client.get("/v1/taskHistory?type=send").data.elements
            let run = try #require(runs.first)["id"].number
            for path in ["/v1/campaign", "/v1/splitTest", "/v1/taskHistory/\(run)/doubts"] {
                #expect(try await author.get(path).status == 403, "\(path)")
                #expect(try await world.client.get(path).status == 200, "\(path)")
            }
        }
    }

    /// Lets every contact open its mail and click a link.
    private static func open(_ server: TestServer) async throws {
        let workspace = server.workspace.id
        try await server.installation.database.write { transaction in
            let ids: [InteractionID] = try transaction.rows(
                "SELECT id FROM interaction WHERE workspace_id = $1 ORDER BY id",
                [workspace]
            ).map { try $0.get("id") }
            let kinds = [ActivityKind.opening, .click]
            try ActivityStore(workspace).record(
                ids.flatMap { id in kinds.map { Activity($0, of: id) } },
                in: transaction
            )
        }
    }
}
