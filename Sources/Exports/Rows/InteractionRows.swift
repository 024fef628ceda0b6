// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database

/// Contacts of one channel that have reached one state, one line each.
struct InteractionRows: RowSource {
    let channel: String
    let state: String
    /// Whether contacts are left out whose file was downloaded by the cut-off.
    let leavesOutDownloaded: Bool

    init(_ state: String, channel: String, leavesOutDownloaded: Bool = false) {
        self.state = state
        self.channel = channel
        self.leavesOutDownloaded = leavesOutDownloaded
    }

    var keyOfDeletedProfile: String? { DeletedKey.of("x.profile_id") }

    var readsCutOff: Bool { leavesOutDownloaded }

    func relation(for tables: ExportTables) -> SourceRelation {
        SourceRelation(
            from: "interaction x",
            alias: "x",
            stamp: "stamp",
            event: "x.event_at",
            profile: "x.profile_id",
            isScoped: true,
            filters: ["x.campaign_id"]
                + (leavesOutDownloaded ? [InteractionRows.downloadStamp] : []),
            conditions: ["x.table_id = \(tables.id)", "x.state = '\(state)'"]
        )
    }

    /// The address is that at contact time; of a deleted profile it is empty.
    func cell(_ column: String) -> CellSource? {
        switch column {
        case "interactionId": .integer("x.id")
        case "campaignId": .integer("x.campaign_id")
        case "abVersion": .text("x.ab_version")
        case "profileId": .integer("x.profile_id")
        case "subscription": .campaign("x.campaign_id", .list)
        case "eventTime": .moment("x.event_at")
        case "emailAddress", "gsmNumber": .text("CASE WHEN p.id IS NOT NULL THEN x.address END")
        case "campaignTechnicalName": .campaign("x.campaign_id", .technicalName)
        case "campaignName": .campaign("x.campaign_id", .displayName)
        case "statusCategory", "errorStatusCategory": .text("x.category")
        case "status", "errorStatus": .text("x.status")
        default: nil
        }
    }

    func judge(_ facts: JudgingFacts) -> RowJudge {
        let book = facts.campaigns
        var finder = CampaignFinder(book)
        return { cursor in
            guard let place = finder.place(of: cursor.integer(SourceRelation.firstFilter)),
                book.isOn(channel, at: place), !isDownloaded(cursor, facts)
            else { return .notOurs }
            let moment = Instant(microseconds: cursor.integer(SourceRelation.eventIndex))
            return book.includes(eventAt: moment, at: place) ? .keep : .inactiveCampaign
        }
    }

    /// A download that the cut-off has not seen is later: the row is read after the tick.
    private func isDownloaded(_ cursor: any RowCursor, _ facts: JudgingFacts) -> Bool {
        let place = SourceRelation.firstFilter + 1
        guard leavesOutDownloaded, !cursor.isNull(place) else { return false }
        return facts.cutOff?.hasSeen(Stamp(cursor.integer(place))) ?? true
    }

    private static let downloadStamp = """
        (SELECT min(d.stamp) FROM activity d WHERE d.workspace_id = x.workspace_id \
        AND d.interaction_id = x.id AND d.kind = 'downloaded')
        """
}

/// The business key that a profile had when it was deleted.
enum DeletedKey {
    /// The SQL for a profile that may be gone; evaluated only when it is.
    static func of(_ profile: String) -> String {
        """
        CASE WHEN p.id IS NULL THEN (SELECT max(d.business_key) FROM profile_deletion d \
        WHERE d.workspace_id = $5 AND d.profile_id = \(profile)) END
        """
    }
}
