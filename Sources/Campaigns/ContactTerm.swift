// SPDX-License-Identifier: Apache-2.0
public import Audience
public import Common
internal import Database

/// Searches by contact: `{"sent":{"campaign":12,"days":30}}`, `{"opened":{}}`, `{"clicked":{}}` and
/// `{"bounced":{}}` (spec/audience.md, "Searches").
///
/// `campaign` is the campaign's number, `days` how many days of 24 hours ago it was at most; both
/// may be absent.
public struct ContactTerm: SearchTerm {
    /// Makes the term.
    public init() {}

    /// `sent`, `opened`, `clicked` and `bounced`.
    public var keywords: [String] { ["sent", "opened", "clicked", "bounced"] }

    /// A condition over the interactions of the profile, or over what followed them.
    public func condition(
        _ keyword: String,
        _ value: JSONValue,
        _ scope: inout SearchScope
    ) throws
        -> String
    {
        guard case .object(let object) = value else {
            throw scope.error("expected an object, found \(value.kind)", at: keyword)
        }
        for key in object.keys.sorted() where key != "campaign" && key != "days" {
            throw scope.error("unknown key \(key) in \(keyword)", at: "\(keyword).\(key)")
        }
        let campaign = try number("campaign", object, keyword, scope)
        if let campaign { try check(CampaignID(campaign), keyword, scope) }
        let days = try number("days", object, keyword, scope)
        let conditions = relations(keyword).map { relation in
            var sql = """
                SELECT 1 FROM \(relation.table) e \
                WHERE e.workspace_id = \(scope.bind(scope.table.workspace)) \
                AND e.profile_id = p.id AND \(relation.condition)
                """
            if let campaign { sql += " AND e.campaign_id = \(scope.bind(campaign))" }
            if let days {
                sql += " AND e.event_at >= \(scope.bind(scope.moment - .days(days)))"
            }
            return "EXISTS (\(sql))"
        }
        return "(" + conditions.joined(separator: " OR ") + ")"
    }

    /// Where a keyword looks; what was refused at hand-over stands with its contact.
    private func relations(_ keyword: String) -> [(table: String, condition: String)] {
        let sent = "e.state = 'sent'"
        return switch keyword {
        case "opened": [("activity", "e.kind = 'opening'")]
        case "clicked": [("activity", "e.kind = 'click'")]
        case "bounced":
            [
                ("interaction", "\(sent) AND e.status IS NOT NULL"),
                ("activity", "e.kind IN ('bounce', 'deliveryFailed')"),
            ]
        default: [("interaction", sent)]
        }
    }

    private func number(
        _ key: String,
        _ object: [String: JSONValue],
        _ keyword: String,
        _ scope: SearchScope
    ) throws -> Int64? {
        guard let value = object[key] else { return nil }
        guard case .integer(let number) = value, (1...36_500).contains(number) || key != "days"
        else { throw scope.error("expected a number of 1 or more", at: "\(keyword).\(key)") }
        return number
    }

    private func check(_ id: CampaignID, _ keyword: String, _ scope: SearchScope) throws {
        do {
            _ = try CampaignStore(scope.table.workspace).campaign(id, in: scope.connection)
        } catch CampaignError.noSuchCampaign {
            throw scope.error("there is no campaign \(id)", at: "\(keyword).campaign")
        }
    }
}
