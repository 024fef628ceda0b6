// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database
import Files
import Foundation
import TestSupport
import Testing

@testable import Tasks

@Suite struct ReportTests {
    @Test(arguments: TestEngine.allCases)
    func `the report lists everyone who was left out, with the reason and the line`(
        engine: TestEngine
    ) async throws {
        let world = try World(engine)
        try world.bind(world.campaign(), at: nil)
        let ok = try world.person("ok@example.com", ["userId": "u1"])
        let mute = try world.person("a@example.com", ["userId": "u2", "emailEnabled": "false"])
        let bare = try world.person(nil, ["userId": "u,3"])
        let task = try await world.runImport(
            of: [ok, mute, bare],
            starts: world.now,
            ends: world.now + .minutes(1)
        )
        let send = try #require(try world.trigger(task)?.send)
        let report = try await enqueue(world, on: send, of: task)
        try await world.work()
        let record = try world.task(report)
        #expect(record.status == .completed)
        #expect(record.outcome == "2 people were left out.")
        #expect(record.subjects.parentID == task)
        #expect(record.info == "Nightly")
        #expect(ExcludedUsersReportJob.taskType.displayName == "Generate Excluded Users Report")
        let result: ExcludedUsersReportJob.Result = try #require(try record.result())
        #expect(result.rows == 2)
        let data = try world.spool.withLocalPath(of: result.file) { path in
            try Data(contentsOf: URL(fileURLWithPath: path))
        }
        #expect(
            String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline) == [
                "profileId,businessKey,address,category,reason,detail,line",
                "\(mute),u2,a@example.com,IN_ERROR,RECIPIENT_NOT_IN_TARGET_GROUP,,3",
                "\(bare),\"u,3\",,FILTERED,NO_EMAIL_ADDRESS,,4",
            ]
        )
    }

    @Test(arguments: TestEngine.dialects)
    func `in doubt and stopped are in the report too`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let started = try world.start(world.campaign(), to: try world.people(250))
        world.failpoints.arm("send.claimed")
        try await world.work()
        world.time.advance(by: .minutes(2))
        try world.write { try world.tasks.stop(started.task, by: world.context, in: $0) }
        try await world.work()
        let ledger = try world.ledger(started.send)
        #expect(ledger.inDoubt == 200)
        #expect(ledger.stopped == 50)
        let report = try await enqueue(world, on: started.send, of: started.task)
        try await world.work()
        let result: ExcludedUsersReportJob.Result? = try world.task(report).result()
        #expect(result?.rows == 250)
    }

    @Test(arguments: TestEngine.dialects)
    func `when nobody was left out there is no report`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let started = try world.start(world.campaign(), to: try world.people(2))
        try await world.work()
        await #expect(throws: CampaignError.nothingExcluded) {
            _ = try await enqueue(world, on: started.send, of: started.task)
        }
    }

    private func enqueue(_ world: World, on send: SendID, of task: TaskID) async throws -> TaskID {
        try world.write { transaction in
            try ExcludedUsersReportJob.enqueue(
                on: send,
                of: world.tasks.task(task, in: transaction),
                by: world.context,
                in: transaction
            )
        }
    }
}
