// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database
import Foundation

/// All that can leave people out of a send, as a workspace that has sent for years has it: a search, a
/// control sample, each address once, limits of messages, quarantine, bans (also of erased people, kept
/// as digests), service domains.
struct SendRules {
    /// Of so many people, one is in quarantine.
    private static let quarantined = 100
    /// Of so many people, one is never to be contacted, and one more was erased.
    private static let banned = 1_000

    let workspace: WorkspaceID
    let context: Context

    /// The rules of a campaign over a table, after everything that they ask for is in place.
    func prepare(_ table: ProfileTable, in transaction: Transaction) throws -> CampaignRules {
        try PressureStore(workspace).set(
            PressureLimits(perDay: 2, perWeek: 5, perMonth: 12),
            of: table.id,
            in: transaction
        )
        for number in 0..<10 {
            try ServiceDomainStore(workspace)
                .add("service\(number).example.com", by: context, in: transaction)
        }
        try leaveOut(table, in: transaction)
        let search = try SearchStore(workspace, SearchCompiler([ContactTerm()])).create(
            name: "All with points",
            over: table,
            SearchExpression(text: #"{"attribute": "loyaltyPoints", "greaterThan": -1}"#),
            by: context,
            in: transaction
        )
        return CampaignRules(controlPercent: 1, search: search.id)
    }

    private func leaveOut(_ table: ProfileTable, in transaction: Transaction) throws {
        guard let column = table.attribute(.emailAddress)?.column else { return }
        let rows = try transaction.rows(
            """
            SELECT id, \(column) AS address FROM \(table.physicalName)
            WHERE id % $1 = 0 ORDER BY id
            """,
            [SendRules.quarantined]
        )
        let bans = DoNotContactStore(workspace)
        for row in rows {
            let address: String = try row.get("address")
            try QuarantineStore(workspace).note(.hardBounce, .email, address, in: transaction)
            guard try row.get("id", as: Int64.self) % Int64(SendRules.banned) == 0 else { continue }
            for address in [address, AddressDigest.text(of: "gone-\(address)")] {
                try bans.add(.email, address, reason: "bench", by: context, in: transaction)
            }
        }
    }
}
