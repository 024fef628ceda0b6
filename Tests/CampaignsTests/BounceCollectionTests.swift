// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Foundation
import Messaging
import Tasks
import TestSupport
import Testing

@testable import Campaigns

@Suite struct BounceCollectionTests {
    /// A Maildir with reports, and the task that reads it.
    private struct Mailbox {
        let folder: String

        init(_ world: World) throws {
            folder = world.folder.path("maildir")
            for name in ["new", "cur", "tmp"] {
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/\(name)",
                    withIntermediateDirectories: true
                )
            }
        }

        func deliver(_ name: String, _ mail: String) throws {
            try Data(mail.replacing("\n", with: "\r\n").utf8)
                .write(to: URL(fileURLWithPath: "\(folder)/new/\(name)"))
        }

        func names(_ place: String) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(place)").sorted()
        }
    }

    private static func report(to path: String, status: String = "5.1.1", id: String = "") -> String
    {
        """
        Return-Path: <>
        From: MAILER-DAEMON@relay.example
        To: \(path)
        Subject: Undelivered \(id)
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="B1"

        --B1
        Content-Type: message/delivery-status

        Reporting-MTA: dns; relay.example

        Final-Recipient: rfc822; p0@example.com
        Action: failed
        Status: \(status)
        Diagnostic-Code: smtp; 550 \(status) no

        --B1
        Content-Type: message/rfc822

        Message-ID: <\(id)>
        To: p0@example.com

        Hello
        --B1--

        """
    }

    private func collect(
        _ world: World,
        _ mailbox: Mailbox,
        _ ground: MailGround = .tracking
    ) async throws -> TaskRecord {
        let task = try world.write { transaction in
            let store = BounceMailboxStore(World.workspace)
            let made =
                try store.all(in: transaction).first
                ?? store.create(
                    "maildir:\(mailbox.folder)",
                    hours: 1,
                    by: world.context,
                    in: transaction
                )
            return try store.collect(made.id, by: world.context, in: transaction)
        }
        try await world.work(nil, mails: ground, BounceCollectionJob(ground))
        return try world.task(#require(task))
    }

    private func bounces(_ world: World, _ id: InteractionID) throws -> [Activity] {
        try world.read { connection in
            try ActivityStore(World.workspace).activities(of: id, in: connection).map(\.activity)
        }
    }

    /// Sends to people by a relay and gives the contacts with the return paths that the relay saw.
    private func send(
        _ world: World,
        _ count: Int
    ) async throws -> [(id: InteractionID, path: String)] {
        let server = try MailServer()
        let started = try world.start(world.campaign(), to: world.people(count))
        try await world.work(server.transport(), mails: .tracking)
        let contacts = try world.interactions(started.send)
        let envelopes = Dictionary(
            zip(try server.recipients(), try server.senders()),
            uniquingKeysWith: { first, _ in first }
        )
        return contacts.map { ($0.id, envelopes[$0.address ?? ""] ?? "") }
    }

    @Test(arguments: TestEngine.allCases)
    func `what came back is an event of its contact, once, and leads to quarantine`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let sent = try await send(world, 2)
        #expect(sent[0].path.hasPrefix("bounces+") && sent[0].path != sent[1].path)
        let mailbox = try Mailbox(world)
        try mailbox.deliver("1", Self.report(to: sent[0].path))
        try mailbox.deliver("2", Self.report(to: sent[1].path, status: "4.2.2"))
        try mailbox.deliver("3", Self.report(to: sent[1].path, status: "4.2.2", id: "again"))
        try mailbox.deliver("4", Self.report(to: "bounces@mail.example", id: "1.999@x.example"))
        try mailbox.deliver("5", "From: ann@example.org\nSubject: Re: News\n\nThanks!\n")
        let task = try await collect(world, mailbox)
        #expect(task.status == .completed)
        #expect(
            task.outcome?.hasPrefix(
                "5 mails read: 3 bounces, 0 complaints, 0 seen before, 1 of unknown origin, 1 others"
            ) == true
        )
        #expect(try mailbox.names("new").isEmpty)
        #expect(try mailbox.names("cur") == ["4:2,S", "5:2,S"])
        let hard = try bounces(world, sent[0].id)
        #expect(hard.map(\.status) == ["UNKNOWN_USER"])
        #expect(hard.map(\.category) == ["HARD_BOUNCE"])
        let soft = try bounces(world, sent[1].id)
        #expect(soft.map(\.status) == ["QUOTA_EXCEEDED", "QUOTA_EXCEEDED"])
        #expect(soft.map(\.ordinal) == [0, 1])
        let quarantine = try world.read { connection in
            try ["p0", "p1"].map { name in
                try QuarantineStore(World.workspace)
                    .entries(of: .email, "\(name)@example.com", in: connection).map(\.cause)
            }
        }
        #expect(quarantine == [[.hardBounce], [.softBounce]])
        try mailbox.deliver("6", Self.report(to: sent[0].path))
        let again = try await collect(world, mailbox)
        #expect(again.outcome?.contains("1 seen before") == true)
        #expect(try bounces(world, sent[0].id).count == 1)
    }

    @Test(arguments: TestEngine.dialects)
    func `a Message-ID counts with the address that the contact had`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let sent = try await send(world, 2)
        let mailbox = try Mailbox(world)
        let ids = sent.map { "1.\($0.id)@sender.example" }
        try mailbox.deliver("1", Self.report(to: "bounces@mail.example", id: ids[0]))
        // The report says p0@example.com, whoever wrote it: not the address of the other contact.
        try mailbox.deliver("2", Self.report(to: "bounces@mail.example", id: ids[1]))
        _ = try await collect(world, mailbox)
        #expect(try bounces(world, sent[0].id).count == 1)
        #expect(try bounces(world, sent[1].id).isEmpty)
        #expect(try mailbox.names("cur") == ["2:2,S"])
    }

    @Test(arguments: TestEngine.dialects)
    func `a report about a mail of another workspace is recorded there`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let other = WorkspaceID(2)
        let server = try MailServer()
        let started = try start(in: other, world)
        let ground = MailGround(
            publicURL: nil,
            bounceAddress: EmailAddress("bounces@mail.example"),
            key: { workspace, _ in
                TrackingKey(randomness: SeededRandomness(seed: UInt64(workspace.value)))
            }
        )
        try await world.work(server.transport(), mails: ground)
        let contacts = try world.read { connection in
            try SendStore(other).interactions(of: started, in: [.sent], in: connection)
        }
        let contact = try #require(contacts.first)
        let mailbox = try Mailbox(world)
        try mailbox.deliver("1", Self.report(to: try #require(server.senders().first)))
        // Signed with a key that is not the workspace's.
        let token = TrackingToken(.bounce, workspace: other, interaction: contact.id)
        let forged = TrackingKey(randomness: SeededRandomness(seed: 1)).seal(token)
        try mailbox.deliver("2", Self.report(to: "bounces+\(forged)@mail.example", id: "forged"))
        let task = try await collect(world, mailbox, ground)
        #expect(task.outcome?.hasPrefix("2 mails read: 1 bounces") == true)
        #expect(try mailbox.names("new").isEmpty && mailbox.names("cur") == ["2:2,S"])
        let (events, causes) = try world.read { connection in
            (
                try ActivityStore(other).activities(of: contact.id, in: connection),
                try QuarantineStore(other).entries(of: .email, "p0@example.com", in: connection)
            )
        }
        #expect(events.map(\.activity.status) == ["UNKNOWN_USER"])
        #expect(causes.map(\.cause) == [.hardBounce])
    }

    /// Starts a send to one person in another workspace.
    private func start(in workspace: WorkspaceID, _ world: World) throws -> SendID {
        var context = world.context
        context.workspace = workspace
        return try world.write { transaction in
            let table = try ProfileTableStore(workspace).createDefault(by: context, in: transaction)
            let person = try ProfileStore(table).create(
                values: ["emailAddress": "p0@example.com"],
                by: context,
                in: transaction
            )
            let store = CampaignStore(workspace)
            let new = NewCampaign("Welcome", table: table.id, content: World.content)
            let id = try store.create(new, by: context, in: transaction).id
            try store.activate(id, by: context, in: transaction)
            return try SendStore(workspace).start(
                store.campaign(id, in: transaction),
                .profiles([person.profile.id]),
                by: context,
                in: transaction
            ).send
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `a complaint bans the address`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let sent = try await send(world, 1)
        let mailbox = try Mailbox(world)
        try mailbox.deliver(
            "1",
            """
            From: abuse@provider.example
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=feedback-report; boundary=B

            --B
            Content-Type: message/feedback-report

            Feedback-Type: abuse
            Original-Mail-From: <\(sent[0].path)>

            --B--

            """
        )
        _ = try await collect(world, mailbox)
        #expect(try bounces(world, sent[0].id).map(\.kind) == [.complaint])
        let causes = try world.read { connection in
            try QuarantineStore(World.workspace)
                .entries(of: .email, "p0@example.com", in: connection).map(\.cause)
        }
        #expect(causes == [.complaint])
    }

    @Test(arguments: TestEngine.dialects, ["mailbox.recorded", "mailbox.finished"])
    func `a crash between recording and removing counts nothing twice`(
        _ engine: TestEngine,
        place: String
    ) async throws {
        let world = try World(engine)
        let sent = try await send(world, 1)
        let mailbox = try Mailbox(world)
        try mailbox.deliver("1", Self.report(to: sent[0].path))
        try mailbox.deliver("2", Self.report(to: sent[0].path, id: "second"))
        world.failpoints.arm(place)
        let task = try await collect(world, mailbox)
        #expect(!task.status.isEnded)
        try await world.finish(task.id, mails: .tracking, BounceCollectionJob(.tracking))
        #expect(try world.task(task.id).status == .completed)
        #expect(try bounces(world, sent[0].id).map(\.ordinal) == [0, 1])
        #expect(try mailbox.names("new").isEmpty)
    }

    @Test func `many mails are recorded in one transaction`() async throws {
        let world = try World()
        let sent = try await send(world, 1)
        let mailbox = try Mailbox(world)
        for number in 0..<60 {
            try mailbox.deliver("\(100 + number)", Self.report(to: sent[0].path, id: "\(number)"))
        }
        let before = try world.database.traffic()
        let task = try await collect(world, mailbox)
        #expect(task.outcome?.hasPrefix("60 mails read: 60 bounces") == true)
        #expect(try !world.database.traffic().isBusy(since: before, tolerated: 30))
        #expect(try bounces(world, sent[0].id).map(\.ordinal) == Array(0..<60))
        #expect(try mailbox.names("new").isEmpty)
    }

    @Test func `a real IMAP server is read over TLS`() async throws {
        let world = try World()
        let sent = try await send(world, 1)
        let server = try IMAPServer()
        try server.deliver("1", Self.report(to: sent[0].path))
        try server.deliver("2", "From: ann@example.org\nSubject: Re: News\n\nThanks!\n")
        let ground = MailGround(
            publicURL: nil,
            key: { _, _ in TrackingKey(randomness: SeededRandomness()) },
            secret: { name, _, _ in name.hasPrefix("bounce mailbox") ? "secret" : nil }
        )
        let job = BounceCollectionJob(ground, trustFile: server.certificate)
        for (address, others) in [(server.address, 1), (server.plainAddress, 0)] {
            let task = try world.write { transaction in
                let store = BounceMailboxStore(World.workspace)
                let made = try store.create(address, hours: 1, by: world.context, in: transaction)
                return try store.collect(made.id, by: world.context, in: transaction)
            }
            try await world.work(nil, job)
            let record = try world.task(#require(task))
            #expect(record.status == .completed, "\(record.failure ?? record.waitReason ?? "")")
            #expect(record.outcome?.contains("\(others) others") == true)
        }
        #expect(try bounces(world, sent[0].id).map(\.status) == ["UNKNOWN_USER"])
        let stranger = BounceCollectionJob(ground)
        let task = try world.write { transaction in
            try BounceMailboxStore(World.workspace)
                .collect(1, by: world.context, in: transaction)
        }
        try await world.work(nil, stranger)
        // Its certificate is nobody's that this machine trusts.
        #expect(try world.task(#require(task)).status != .completed)
    }
}
