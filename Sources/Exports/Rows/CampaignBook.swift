// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// What a file needs to know of a workspace's campaigns, read once before the rows.
///
/// Every campaign of the window exists by then, since the tick was taken earlier.
struct CampaignBook: Sendable {
    private struct Entry {
        let channel: String
        let rule: ActiveCampaignRule
        let technicalName: [UInt8]
        let displayName: [UInt8]
        let list: [UInt8]
    }

    private let entries: [Entry]
    private let places: [Int64: Int]

    static let empty = CampaignBook(entries: [], places: [:])

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
        let ids = try rows.map { try $0.get("id", as: Int64.self) }
        return CampaignBook(
            entries: try rows.map { try entry($0, names) },
            places: Dictionary(uniqueKeysWithValues: zip(ids, ids.indices))
        )
    }

    /// Where a campaign stands in the book.
    func place(of id: Int64) -> Int? { places[id] }

    /// Whether a campaign is on a channel.
    func isOn(_ channel: String, at place: Int) -> Bool { entries[place].channel == channel }

    /// Whether a campaign counts for an event.
    func includes(eventAt moment: Instant, at place: Int) -> Bool {
        entries[place].rule.includes(eventAt: moment)
    }

    /// What a file shows of a campaign.
    func text(_ field: CampaignField, at place: Int) -> [UInt8] {
        switch field {
        case .technicalName: entries[place].technicalName
        case .displayName: entries[place].displayName
        case .list: entries[place].list
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

/// Finds the campaigns of one row after the other, which mostly is the one of the row before.
struct CampaignFinder: Sendable {
    let book: CampaignBook
    private var lastID: Int64?
    private var lastPlace: Int?

    init(_ book: CampaignBook) { self.book = book }

    /// Where a campaign stands in the book.
    mutating func place(of id: Int64) -> Int? {
        if id != lastID { (lastID, lastPlace) = (id, book.place(of: id)) }
        return lastPlace
    }
}
