// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Files
import Foundation
import TestSupport
import Testing

@testable import Campaigns
@testable import Tasks

@Suite struct FileChannelTests {
    private func campaign(
        _ world: World,
        _ channel: Channel = .print,
        columns: [String] = ["firstName", "emailAddress"],
        control: Double = 0
    ) throws -> Campaign {
        try world.write { transaction in
            let new = NewCampaign(
                "Letters",
                table: world.table.id,
                kind: .scenarized,
                initiation: .api,
                message: .file(channel, FileLayout(columns: columns)),
                rules: CampaignRules(controlPercent: control)
            )
            let draft = try world.campaigns.create(new, by: world.context, in: transaction)
            try world.campaigns.activate(draft.id, by: world.context, in: transaction)
            return try world.campaigns.campaign(draft.id, in: transaction)
        }
    }

    /// The file as it stands now.
    private func file(_ world: World, _ campaign: Campaign) async throws -> ContactFile {
        let tick = try await ChangeClock(world.database).tick()
        return try world.read {
            try ContactFile(World.workspace, campaign, asOf: tick, in: $0)
        }
    }

    private func text(_ file: ContactFile, _ world: World, all: Bool = false) throws -> String {
        var bytes: [UInt8] = []
        _ = try file.write(from: world.database, all: all) { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
    }

    private func download(
        _ world: World,
        _ campaign: Campaign,
        all: Bool = false
    ) async throws -> String {
        let file = try await file(world, campaign)
        let text = try text(file, world, all: all)
        try file.take(in: world.database)
        return text
    }

    @Test(
        arguments: TestEngine.dialects,
        [Channel.print, .callCenter, .customAudience]
    )
    func `contacts become ready, are taken once, and the ledger closes`(
        _ engine: TestEngine,
        channel: Channel
    ) async throws {
        let world = try World(engine)
        let letters = try campaign(world, channel)
        let ann = try world.person("ann@example.com", ["firstName": "Ann"])
        // No address is needed for a file.
        let bob = try world.person(nil, ["userId": "b", "firstName": "Bob, \"B\""])
        let send = try await world.send(letters, to: [ann, bob])
        let ledger = try world.ledger(send)
        #expect(ledger.targeted == 2 && ledger.sent == 2 && ledger.closes)
        let contacts = try world.interactions(send)
        #expect(contacts.allSatisfy { $0.state == .ready && $0.eventAt == world.now })
        let lines = try await download(world, letters)
        #expect(
            lines == """
                interactionId,firstName,emailAddress
                \(contacts[0].id),Ann,ann@example.com
                \(contacts[1].id),"Bob, ""B""\",

                """
        )
        world.time.advance(by: .days(1))
        #expect(try await download(world, letters) == "interactionId,firstName,emailAddress\n")
        #expect(try await download(world, letters, all: true) == lines)
        let deposits = try world.read { connection in
            try contacts.map {
                try ActivityStore(World.workspace).activities(of: $0.id, in: connection)
            }
        }
        #expect(deposits.allSatisfy { $0.count == 1 && $0[0].activity.kind == .downloaded })
        #expect(deposits.allSatisfy { $0[0].moment == ManualTime.monday })
        let totals = try world.read { try world.sends.totals(of: send, in: $0) }
        #expect(totals[.ready] == 2 && totals[.downloaded] == 2 && totals.pending == 0)
    }

    @Test(arguments: TestEngine.dialects)
    func `who is in the control sample or gone is not in the file`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let letters = try campaign(world, control: 100)
        let ann = try world.person("ann@example.com")
        let send = try await world.send(letters, to: [ann, ProfileID(9_999)])
        let ledger = try world.ledger(send)
        #expect(ledger.filtered == ["CONTROL_SAMPLE": 1])
        #expect(ledger.inError == ["RECIPIENT_NOT_IN_TARGET_GROUP_TABLE": 1])
        #expect(try await download(world, letters) == "interactionId,firstName,emailAddress\n")
    }

    @Test(arguments: TestEngine.dialects)
    func `who becomes ready while a file is written and put stands in the next one`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let letters = try campaign(world)
        // Its contacts have lower ids than those of the second, and become ready later.
        let first = try world.start(letters, to: try world.people(2))
        world.failpoints.arm("send.planned")
        try await world.work()
        let second = try await world.send(letters, to: try world.morePeople(3))
        let file = try await file(world, letters)
        #expect(try text(file, world).split(separator: "\n").count == 4)
        world.time.advance(by: .minutes(2))
        try await world.work()
        #expect(try world.ledger(first.send).sent == 2)
        #expect(try file.take(in: world.database) == 3)
        let next = try await download(world, letters).split(separator: "\n").dropFirst()
        let ids = try world.interactions(first.send).map(\.id)
        #expect(next.map { $0.prefix { $0 != "," } } == ids.map { "\($0)"[...] })
        #expect(try world.read { try world.sends.totals(of: second, in: $0) }[.downloaded] == 3)
    }

    @Test(arguments: TestEngine.dialects)
    func `a crash while contacts are marked leaves the file that was put as it is`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let locations = LocationStore(
            transferboxRoot: world.folder.path("box"),
            kinds: [],
            failpoints: world.failpoints.failpoints
        )
        let job = FileDropJob(spool: world.spool, locations: locations)
        let letters = try campaign(world)
        let drops = FileDropStore(World.workspace)
        let time = try #require(TimeOfDay("06:00"))
        _ = try await world.send(letters, to: try world.people(1_002))
        let task = try world.write { transaction in
            try drops.set(
                FileDrop(campaign: letters.id, location: .transferbox, time: time, zone: .utc),
                by: world.context,
                in: transaction
            )
            return try drops.dropNow(letters, by: world.context, in: transaction)
        }
        // One page of contacts was marked, the next one was not.
        world.failpoints.arm("drop.taken", pass: 2)
        try await world.work(nil, job)
        #expect(try world.task(task).status == .executing)
        world.time.advance(by: .minutes(2))
        try await world.work(nil, job)
        #expect(try world.task(task).outcome?.hasSuffix("1002 contacts.") == true)
        let name = try #require(
            try FileManager.default.subpathsOfDirectory(atPath: world.folder.path("box"))
                .first { $0.hasSuffix(".csv") }
        )
        let text = try String(contentsOfFile: world.folder.path("box/\(name)"), encoding: .utf8)
        #expect(text.split(whereSeparator: \.isNewline).count == 1_003)
        #expect(try await download(world, letters).split(separator: "\n").count == 1)
    }

    @Test(arguments: TestEngine.dialects)
    func `contacts that two take at once are taken once`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let send = try await world.send(try campaign(world), to: try world.people(5))
        let contacts = try world.interactions(send)
        let results = await engine.atOnce(on: world.database) { number, transaction in
            let store = ActivityStore(World.workspace)
            return try store.deposit(Array(contacts.dropFirst(number)), in: transaction)
        }
        #expect(try results.map { try $0.get() }.reduce(0, +) == 5)
        let deposits = try world.read { connection in
            try connection.rows(
                """
                SELECT interaction_id, id, profile_id, stamp FROM activity
                WHERE workspace_id = $1 AND kind = 'downloaded' ORDER BY interaction_id
                """,
                [World.workspace]
            )
        }
        #expect(try deposits.map { try $0.get(0) } == contacts.map(\.id))
        #expect(try Set(deposits.map { try $0.get(1, as: Int64.self) }).count == 5)
        #expect(try deposits.map { try $0.get(2) } == contacts.map(\.profile))
        #expect(try world.read { try world.sends.totals(of: send, in: $0) }[.downloaded] == 5)
    }

    @Test(arguments: TestEngine.dialects)
    func `a file is dropped each day, with who became ready since`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let locations = LocationStore(
            transferboxRoot: world.folder.path("box"),
            kinds: [],
            failpoints: world.failpoints.failpoints
        )
        let job = FileDropJob(spool: world.spool, locations: locations)
        let letters = try campaign(world)
        let zone = try #require(Zone("UTC"))
        let six = try #require(TimeOfDay("06:00"))
        let drops = FileDropStore(World.workspace)
        try world.write { transaction in
            try drops.set(
                FileDrop(campaign: letters.id, location: .transferbox, time: six, zone: zone),
                by: world.context,
                in: transaction
            )
        }
        let first = try await world.send(letters, to: try world.people(3))
        // A crash between the put and the deposit: the same contacts come under the same name.
        let task = try world.write { try drops.dropNow(letters, by: world.context, in: $0) }
        world.failpoints.arm("drop.put")
        try await world.work(nil, job)
        #expect(try world.task(task).status == .executing)
        world.time.advance(by: .minutes(2))
        try await world.work(nil, job)
        #expect(try world.task(task).outcome == "Letters-2026-03-02-\(task).csv: 3 contacts.")
        #expect(try world.read { try world.sends.totals(of: first, in: $0) }[.downloaded] == 3)
        _ = try await world.send(letters, to: try world.morePeople(2))
        let due = try world.read {
            try $0.value(
                "SELECT next_due FROM schedule WHERE workspace_id = $1",
                [World.workspace],
                as: Instant.self
            )
        }
        world.time.set(try #require(due))
        try await Scheduler(world.database).runOnce()
        try await world.work(nil, job)
        let files = try FileManager.default.subpathsOfDirectory(atPath: world.folder.path("box"))
            .filter { $0.hasSuffix(".csv") }.sorted()
        #expect(files.count == 2)
        let last = try #require(files.last)
        let text = try String(contentsOfFile: world.folder.path("box/\(last)"), encoding: .utf8)
        #expect(text.split(whereSeparator: \.isNewline).count == 3)
    }

    @Test(arguments: TestEngine.dialects)
    func `a layout names attributes that exist, each once`(_ engine: TestEngine) throws {
        let world = try World(engine)
        for columns in [[], ["nothing"], ["firstName", "firstname"], ["interactionId"]] {
            #expect(throws: CampaignError.self) { try campaign(world, columns: columns) }
        }
        let mail = try world.campaign()
        #expect(throws: CampaignError.noFile("Welcome")) {
            try world.read {
                try ContactFile(World.workspace, mail, asOf: .beginning, in: $0)
            }
        }
    }
}
