// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Messaging
import TestSupport
import Testing

@testable import Campaigns
@testable import Tasks

/// What is written of a group once it was handed over; second tries stand before first ones, so that
/// its ids have no order.
@Suite struct RecordingTests {
    /// Three contacts that were in flight when the program stopped.
    private func inFlight(
        _ world: World,
        _ campaign: Campaign,
        to people: [ProfileID]
    ) async throws -> [Interaction] {
        let started = try world.start(campaign, to: people)
        world.failpoints.arm("send.claimed")
        try await world.work()
        return try world.interactions(started.send)
    }

    private func record(
        _ group: [Interaction],
        _ verdicts: [Verdict],
        on channel: Channel,
        _ world: World
    ) throws {
        try world.write { transaction in
            try DeliveryRecorder(
                workspace: World.workspace,
                table: world.table,
                channel: channel,
                goesElsewhere: false
            ).record(
                group,
                verdicts.map { HandedOver(verdict: $0, sign: .works) },
                in: transaction
            )
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `a relay's words about someone who was erased meanwhile are not kept`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let people = try world.people(3)
        let contacts = try await inFlight(world, world.campaign(), to: people)
        try world.write { transaction in
            _ = try Erasure(Dossier([InteractionSection()])).erase(
                people[1],
                from: world.table,
                Collection(),
                by: world.context,
                in: transaction
            )
        }
        try record(
            contacts.reversed(),
            contacts.reversed().map { contact in
                .bounced(.unknownUser, reply: "550 no \(contact.address ?? "")")
            },
            on: .email,
            world
        )
        let details = try world.interactions(contacts[0].send).map(\.detail)
        #expect(details == ["550 no p0@example.com", nil, "550 no p2@example.com"])
        let events = try world.read { connection in
            try contacts.flatMap { contact in
                try ActivityStore(World.workspace).activities(of: contact.id, in: connection)
                    .map(\.activity.detail)
            }
        }
        #expect(events == details)
    }

    @Test(arguments: TestEngine.dialects)
    func `what an operator reported before is marked in the group, and in no other`(
        _ engine: TestEngine
    ) async throws {
        let world = try World(engine)
        let contacts = try await inFlight(
            world,
            world.textCampaign("Hi"),
            to: world.phones(3)
        )
        try world.write { transaction in
            for contact in contacts {
                try TextReports(World.workspace)
                    .record(DeliveryReport(state: "EXPIRED"), of: contact.id, in: transaction)
            }
            // As another group left it.
            try transaction.execute(
                "UPDATE interaction SET state = 'sent' WHERE workspace_id = $1 AND id = $2",
                [World.workspace, contacts[1].id]
            )
        }
        try record(
            [contacts[2], contacts[0]],
            [.sent(reply: "taken"), .sent(reply: "taken")],
            on: .sms,
            world
        )
        let statuses = try world.interactions(contacts[0].send).map(\.status)
        #expect(statuses == ["EXPIRED", nil, "EXPIRED"])
    }
}
