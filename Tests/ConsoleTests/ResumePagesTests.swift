// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Campaigns
import Common
import Database
import TestSupport
import Testing

@testable import Console

/// Going on with what a stop held back.
struct ResumePagesTests {
    @Test(arguments: TestEngine.lasting)
    func `a stopped send offers its rest, and sends it`(engine: TestEngine) async throws {
        let time = ManualTime()
        let ground = try await ConsoleGround(engine, time: time)
        let manager = try await ground.cookie(.manager)
        let viewer = try await ground.cookie(.viewer)
        let list = try await ground.list("news", of: try await ground.people(3))
        let message = try await ground.message("Spring")
        let send = try await ground.write { transaction, context in
            try ScheduledSendStore(context.workspace).create(
                NewScheduledSend(
                    "Spring",
                    channel: .email,
                    message: message,
                    list: list,
                    scheduledAt: transaction.moment,
                    rate: 1
                ),
                by: context,
                in: transaction
            )
        }
        try await ground.work()
        let place = "/console/sends/\(send.id)"
        #expect(!(await ground.page(place, by: manager)).contains("Resume the rest"))
        #expect(try await ground.post("\(place)/cancel", by: manager).status == 303)
        #expect((await ground.page(place, by: manager)).contains("Load this page again"))
        // What waited is closed by its task.
        try await ground.work()
        let stopped = await ground.page(place, by: manager)
        #expect(stopped.contains("Resume the rest") && stopped.contains("The 2 messages"))
        #expect(stopped.contains("Nothing more leaves, unless the rest is resumed."))
        #expect(!(await ground.page(place, by: viewer)).contains("Resume the rest"))
        let task = "/console/tasks/\(send.task)"
        #expect(await ground.page(task, by: manager).contains("Resume the rest"))
        #expect(try await ground.post("\(place)/resume", by: viewer).status == 403)
        #expect(try await ground.post("\(place)/resume", by: manager).location == place)
        for _ in 0..<3 {
            time.advance(by: .hours(2))
            try await ground.work()
        }
        let done = await ground.page(place, by: manager)
        #expect(!done.contains("Resume the rest") && done.contains("Completed"))
        let receipt = try await ground.read {
            try ScheduledSendStore(ground.workspace.id).receipt(of: send.id, in: $0)
        }
        #expect(receipt.sent == 3)
    }
}
