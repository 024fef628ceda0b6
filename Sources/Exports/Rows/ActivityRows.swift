// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database

/// Events of one kind that followed the contacts of one channel, one line each.
///
/// Whoever records an event sees to it that an opening, and a click on each link, is there once over
/// the whole history (``Campaigns/ActivityStore``), so that no window has to look for an earlier one.
struct ActivityRows: RowSource {
    let kind: ActivityKind
    let channel: String
    /// Whether the event's time is that of the contact; the moment of the activity is then its
    /// deposit date, by which windows and the rule of active campaigns go.
    let showsContactTime: Bool

    init(_ kind: ActivityKind, channel: String, showsContactTime: Bool = false) {
        self.kind = kind
        self.channel = channel
        self.showsContactTime = showsContactTime
    }

    var keyOfDeletedProfile: String? { DeletedKey.of("x.profile_id") }

    func relation(for tables: ExportTables) -> SourceRelation {
        SourceRelation(
            from: "activity x",
            alias: "x",
            stamp: "stamp",
            event: time,
            profile: "x.profile_id",
            isScoped: true,
            filters: ["x.campaign_id", "x.event_at"],
            contact: "x.interaction_id",
            conditions: ["x.table_id = \(tables.id)", "x.kind = '\(kind.rawValue)'"]
        )
    }

    /// Address and version are those of the contact; of a deleted profile the address is empty.
    func cell(_ column: String) -> CellSource? {
        switch column {
        case "interactionId": .integer("x.interaction_id")
        case "campaignId": .integer("x.campaign_id")
        case "abVersion": .text("contact.ab_version")
        case "profileId": .integer("x.profile_id")
        case "subscription": .campaign("x.campaign_id", .list)
        case "eventTime": .moment(time)
        case "depositDate": .moment("x.event_at")
        case "emailAddress", "gsmNumber":
            .text("CASE WHEN p.id IS NOT NULL THEN contact.address END")
        case "campaignTechnicalName": .campaign("x.campaign_id", .technicalName)
        case "campaignName": .campaign("x.campaign_id", .displayName)
        case "bounceStatusCategory", "errorStatusCategory": .text("x.category")
        case "bounceStatus", "errorStatus": .text("x.status")
        case "clickedUrlName": .text("x.link_name")
        case "clickedUrl": .text("x.link_url")
        case "isFirstClick": .boolean("x.is_first_click")
        default: nil
        }
    }

    func judge(_ facts: JudgingFacts) -> RowJudge {
        let book = facts.campaigns
        var finder = CampaignFinder(book)
        return { cursor in
            guard let place = finder.place(of: cursor.integer(SourceRelation.firstFilter)),
                book.isOn(channel, at: place)
            else { return .notOurs }
            let moment = Instant(microseconds: cursor.integer(SourceRelation.firstFilter + 1))
            return book.includes(eventAt: moment, at: place) ? .keep : .inactiveCampaign
        }
    }

    private var time: String { showsContactTime ? "contact.event_at" : "x.event_at" }
}
