// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// What a file needs to know of a workspace's campaigns, read once before the rows.
///
/// Every campaign of the window exists by then, since the tick was taken earlier.
struct CampaignBook: Sendable {
    struct Entry: Sendable {
        let channel: String
        let rule: ActiveCampaignRule
        let technicalName: [UInt8]
        let displayName: [UInt8]
        let list: [UInt8]
    }

    private let entries: [Int64: Entry]

    static let empty = CampaignBook(entries: [:])

    /// Reads the campaigns of a workspace.
    static func read(_ workspace: WorkspaceID, in connection: Connection) throws -> CampaignBook {
        let lists = try connection.rows(
            "SELECT id, name FROM list WHERE workspace_id = $1",
            [workspace]
        ).map { (try $0.get("id", as: Int64.self), try $0.get("name", as: String.self)) }
        let names = Dictionary(uniqueKeysWithValues: lists)
        let rows = try connection.rows(
            """
            SELECT id, channel, kind, activated_at, finished_at, technical_name, display_name,
                list_id
            FROM campaign WHERE workspace_id = $1
            """,
            [workspace]
        )
        let entries = try rows.map { row in
            (try row.get("id", as: Int64.self), try entry(row, names))
        }
        return CampaignBook(entries: Dictionary(uniqueKeysWithValues: entries))
    }

    subscript(id: Int64) -> Entry? { entries[id] }

    /// What a file shows of a campaign; empty when there is no such campaign.
    func text(_ field: CampaignField, of id: Int64) -> [UInt8] {
        guard let entry = entries[id] else { return [] }
        switch field {
        case .technicalName: return entry.technicalName
        case .displayName: return entry.displayName
        case .list: return entry.list
        }
    }

    private static func entry(_ row: Row, _ lists: [Int64: String]) throws -> Entry {
        let list: Int64? = try row.get("list_id")
        let technicalName: String = try row.get("technical_name")
        let displayName: String = try row.get("display_name")
        return Entry(
            channel: try row.get("channel"),
            rule: ActiveCampaignRule(
                kind: try row.get("kind"),
                activatedAt: try row.get("activated_at"),
                finishedAt: try row.get("finished_at")
            ),
            technicalName: Array(technicalName.utf8),
            displayName: Array(displayName.utf8),
            list: Array((list.flatMap { lists[$0] } ?? "").utf8)
        )
    }
}
