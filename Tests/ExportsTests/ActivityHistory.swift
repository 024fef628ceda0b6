// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database
import TestSupport

/// The second part of the scripted history: text messages, files of contacts, and what followed.
extension History {
    func playTexts() async throws {
        let now = world.time.now()
        try await world.insert(
            [
                text(41, people[0], now), text(42, people[1], now + .seconds(1)),
                text(43, people[1], now, ("IN_ERROR", "MISSING_PHONE_NUMBER"), number: nil),
                text(44, people[0], now, ("FILTERED", "QUARANTINE")),
            ],
            table
        )
        world.time.advance(by: .minutes(1))
    }

    /// Three channels of files, each with two contacts that are ready and one that was filtered.
    func playFiles() async throws {
        let now = world.time.now()
        for (offset, channel) in ["print", "callCenter", "customAudience"].enumerated() {
            let campaign = Int64(8 + offset)
            try await world.insert(
                CampaignRow(id: campaign, channel: channel, activatedAt: now - .days(40)),
                table
            )
            let first = campaign * 10
            try await world.insert(
                [
                    contact(first, campaign, people[0], "ready", now + .seconds(1)),
                    contact(first + 1, campaign, people[1], "ready", now),
                    contact(first + 2, campaign, people[0], "notSent", now),
                    contact(first + 3, campaign, people[2], "notSent", now - .seconds(1)),
                ],
                table
            )
        }
        world.time.advance(by: .minutes(1))
    }

    func playActivities() async throws {
        try await playOpenings()
        try await playReturns()
        let shop = "https://example.org/?a=1;b=\"2\""
        try await world.record([
            click(31, 1, "Home, \"sale\"", shop, isFirst: true),
            click(32, 1, "Home", shop, isFirst: true), text(41, "one", isFirst: true),
        ])
        try await world.record([
            click(31, 2, "", "https://example.org/é", isFirst: false),
            click(31, 1, "Home", shop, isFirst: false), text(41, "two", isFirst: false),
        ])
        try await world.record([Activity(.unsubscribe, of: InteractionID(31))])
        let files = [80, 90, 100].map { Activity(.downloaded, of: InteractionID($0)) }
        try await world.record(files)
    }

    /// The second opening of one contact is none, and campaign 6 was sent too long ago.
    private func playOpenings() async throws {
        try await world.record([
            Activity(.opening, of: InteractionID(32)), Activity(.opening, of: InteractionID(33)),
        ])
        try await world.record([
            Activity(.opening, of: InteractionID(31)), Activity(.opening, of: InteractionID(32)),
        ])
    }

    private func playReturns() async throws {
        try await world.record([
            bounce(36, 1, "SOFT_BOUNCE", "QUOTA_EXCEEDED"),
            Activity(.delivered, of: InteractionID(41)),
            Activity(
                .deliveryFailed,
                of: InteractionID(42),
                category: "DELIVERY_FAILED",
                status: "EXPIRED"
            ),
        ])
        try await world.record([
            bounce(36, 2, "HARD_BOUNCE", "UNKNOWN_USER"),
            Activity(.complaint, of: InteractionID(36)), Activity(.stop, of: InteractionID(42)),
        ])
    }

    private func bounce(
        _ id: Int64,
        _ ordinal: Int64,
        _ category: String,
        _ status: String
    ) -> Activity {
        Activity(
            .bounce,
            of: InteractionID(id),
            ordinal: ordinal,
            category: category,
            status: status,
            detail: "550 5.1.1"
        )
    }

    private func click(
        _ id: Int64,
        _ link: Int64,
        _ name: String,
        _ url: String,
        isFirst: Bool
    ) -> Activity {
        Activity(
            .click,
            of: InteractionID(id),
            ordinal: link,
            linkName: name,
            linkURL: url,
            isFirstClick: isFirst
        )
    }

    /// A click in a text message: the first of all its links.
    private func text(_ id: Int64, _ name: String, isFirst: Bool) -> Activity {
        click(id, 0, name, "https://example.org/\(name)", isFirst: isFirst)
    }

    private func text(
        _ id: Int64,
        _ profile: ProfileID,
        _ moment: Instant,
        _ failure: (category: String, status: String)? = nil,
        number: String? = "32470123456"
    ) -> InteractionRow {
        InteractionRow(
            id: id,
            campaign: 7,
            profile: profile,
            state: failure == nil ? "sent" : "notSent",
            address: number,
            category: failure?.category,
            status: failure?.status,
            at: moment
        )
    }

    private func contact(
        _ id: Int64,
        _ campaign: Int64,
        _ profile: ProfileID,
        _ state: String,
        _ moment: Instant
    ) -> InteractionRow {
        InteractionRow(
            id: id,
            campaign: campaign,
            profile: profile,
            state: state,
            address: nil,
            at: moment
        )
    }
}

extension World {
    /// Records events at one moment, and lets a minute pass.
    func record(_ activities: [Activity]) async throws {
        let workspace = workspace
        try await database.write { transaction in
            try ActivityStore(workspace).record(activities, in: transaction)
        }
        time.advance(by: .minutes(1))
    }
}
