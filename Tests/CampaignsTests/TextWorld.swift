// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database
import Messaging
import Tasks
import TestSupport

extension World {
    static let key = CallbackKey([UInt8](repeating: 5, count: 32))
    static let publicAddress = "https://m.example"

    /// What text messages need, with gateways on this machine allowed.
    func ground(
        needsAccount: Bool = false,
        publicAddress: String? = nil,
        secret: String = "",
        outbox: (any MessageTransport<OutgoingText>)? = nil
    ) -> TextGround {
        TextGround(
            outbox: outbox ?? texts,
            publicAddress: publicAddress,
            secret: { _, _, _ in secret },
            rules: { _, _ in TextRules(needsAccount: needsAccount, allowsInside: true) },
            key: { _ in World.key }
        )
    }

    var credit: CreditStore { CreditStore(World.workspace) }

    /// Makes people with numbers `32470000000` and on.
    func phones(_ count: Int, from first: Int = 0) throws -> [ProfileID] {
        try (first..<(first + count)).map { index in
            try person(nil, ["gsmNumber": "\(32_470_000_000 + index)", "firstName": "P\(index)"])
        }
    }

    /// Makes an active campaign of text messages.
    func textCampaign(_ text: String, multipart: Bool = true) throws -> Campaign {
        let content = SMSContent(sender: "Shop", texts: ["en": text], multipart: multipart)
        return try write { transaction in
            let new = NewCampaign(
                "Text",
                table: table.id,
                kind: .scenarized,
                initiation: .api,
                message: .sms(content)
            )
            let draft = try campaigns.create(new, by: context, in: transaction)
            try campaigns.activate(draft.id, by: context, in: transaction)
            return try campaigns.campaign(draft.id, in: transaction)
        }
    }

    /// Sends texts and runs the send to its end, over all its waits.
    func sendTexts(
        _ campaign: Campaign,
        to people: [ProfileID],
        _ ground: TextGround
    ) async throws -> SendID {
        let started = try start(campaign, to: people)
        for _ in 0..<20 {
            try await work(texts: ground)
            let record = try task(started.task)
            guard !record.status.isEnded else { break }
            time.set(record.status == .new ? record.runAt : now + .minutes(2))
        }
        return started.send
    }

    /// Sets the price of a part and fills the credit, in millionths.
    func fill(price: Int64, _ amount: Int64) throws {
        try write { transaction in
            try credit.setPrice(Money(millionths: price), in: transaction)
            try credit.topUp(Money(millionths: amount), by: context, in: transaction)
        }
    }

    func account(_ provider: SMSProvider) throws {
        try write { transaction in
            _ = try SMSAccountStore(World.workspace)
                .create(name: "Gateway", provider, by: context, in: transaction)
        }
    }

    /// The credit, after checking that its ledger closes against the messages.
    func closedCredit(toppedUp: Int64) throws -> Credit? {
        try read { connection in
            guard let found = try credit.credit(in: connection) else { return nil }
            let sums = try connection.row(
                """
                SELECT CAST(coalesce(sum(reserved), 0) AS BIGINT) AS reserved,
                    CAST(coalesce(sum(spent), 0) AS BIGINT) AS spent
                FROM text_message WHERE workspace_id = $1
                """,
                [World.workspace]
            )
            guard try found.reserved == sums?.get("reserved"),
                try found.spent == sums?.get("spent"),
                found.toppedUp.millionths == toppedUp
            else { return nil }
            return found
        }
    }

    /// The kinds and statuses of the events of all contacts, sorted.
    func activities() throws -> [String] {
        try read { connection in
            try connection.rows(
                """
                SELECT kind, category, status FROM activity WHERE workspace_id = $1
                ORDER BY interaction_id, id
                """,
                [World.workspace]
            ).map { row in
                let words: [String?] = [
                    try row.get("kind"), try row.get("category"), try row.get("status"),
                ]
                return words.compactMap(\.self).joined(separator: " ")
            }
        }
    }
}
