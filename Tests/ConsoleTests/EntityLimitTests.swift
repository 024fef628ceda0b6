// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Campaigns
import Common
import Database
import TestSupport
import Testing

@testable import Console

/// What users who are limited to entities see and do.
struct EntityLimitTests {
    @Test(arguments: TestEngine.lasting)
    func `a user sees campaigns of own entities with their tasks, and no others`(
        engine: TestEngine
    ) async throws {
        let ground = try await ConsoleGround(engine)
        let (north, south) = try await ground.write { transaction, context in
            let store = EntityStore(context.workspace)
            return (
                try store.create(name: "North", by: context, in: transaction).id,
                try store.create(name: "South", by: context, in: transaction).id
            )
        }
        let limited = try await ground.cookie(.manager, entities: [north])
        let all = try await ground.cookie(.administrator)
        let mine = try await ground.campaign("Northern lights", of: north)
        let other = try await ground.campaign("Southern cross", of: south)
        let nobody = try await ground.campaign("Nobody's", of: nil)
        let list = await ground.page("/console/campaigns", by: limited)
        #expect(list.contains("Northern lights"))
        #expect(!list.contains("Southern cross") && !list.contains("Nobody"))
        for id in [other, nobody] {
            for page in ["", "/edit", "/preview"] {
                _ = await ground.page("/console/campaigns/\(id)\(page)", by: limited, status: 404)
            }
            let finish = "/console/campaigns/\(id)/finish"
            #expect(try await ground.post(finish, by: limited).status == 404)
            _ = await ground.page("/console/campaigns/\(id)", by: all)
            _ = await ground.page("/console/tasks?campaign=\(id)", by: limited, status: 404)
        }
        _ = await ground.page("/console/campaigns/\(mine)", by: limited)
        let tasks = try await sends(of: [mine, other], ground)
        _ = await ground.page("/console/tasks/\(tasks[0])", by: limited)
        for page in ["", "/people", "/live"] {
            _ = await ground.page("/console/tasks/\(tasks[1])\(page)", by: limited, status: 404)
        }
        #expect(try await ground.post("/console/tasks/\(tasks[1])/stop", by: limited).status == 404)
        let history = await ground.page("/console/tasks", by: limited)
        #expect(history.contains("/console/tasks/\(tasks[0])\""))
        #expect(!history.contains("/console/tasks/\(tasks[1])\""))
        let bulk = try await ground.post("/console/tasks/bulk", ["what": "cancel"], by: limited)
        #expect(bulk.status == 403)
    }

    /// Sends campaigns to a list of one person each; returns the tasks.
    private func sends(of campaigns: [CampaignID], _ ground: ConsoleGround) async throws -> [TaskID]
    {
        let list = try await ground.list("news", of: try await ground.people(1))
        return try await ground.write { transaction, context in
            let store = CampaignStore(context.workspace)
            return try campaigns.map { id in
                try SendStore(context.workspace).start(
                    try store.campaign(id, in: transaction),
                    .list(list),
                    by: context,
                    in: transaction
                ).task
            }
        }
    }

    @Test(arguments: TestEngine.lasting)
    func `a limited user makes campaigns of own entities only`(engine: TestEngine) async throws {
        let ground = try await ConsoleGround(engine)
        let (north, south) = try await ground.write { transaction, context in
            let store = EntityStore(context.workspace)
            return (
                try store.create(name: "North", by: context, in: transaction).id,
                try store.create(name: "South", by: context, in: transaction).id
            )
        }
        let limited = try await ground.cookie(.manager, entities: [north])
        let form = await ground.page("/console/campaigns/new", by: limited)
        #expect(form.contains(">North<") && !form.contains(">South<"))
        func make(_ entity: String) async throws -> Int {
            try await ground.post(
                "/console/campaigns/new",
                [
                    "name": "Autumn", "entity": entity, "table": "1", "kind": "scenarized",
                    "channel": "email", "control": "0", "senderAddress": "news@example.org",
                    "subject": "Autumn", "html": "<p>Hello</p>",
                ],
                by: limited
            ).status
        }
        #expect(try await make("") == 422)
        #expect(try await make("\(south)") == 422)
        #expect(try await make("\(north)") == 303)
        let made = try await ground.read {
            try CampaignStore(ground.workspace.id).all(in: $0).map(\.entity)
        }
        #expect(made == [north])
    }
}
