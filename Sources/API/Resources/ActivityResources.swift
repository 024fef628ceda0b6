// SPDX-License-Identifier: Apache-2.0
import Accounts
import Campaigns
import Common
import Database

extension Resource {
    /// `/v1/emailOpen`: the first opening of each mail.
    static let emailOpen = activities(
        "emailOpen",
        "The first opening of a mail: its images were loaded, or a link was clicked.",
        ActivityStore.openings
    )

    /// `/v1/emailLinkClick`: the first click on each link of a mail.
    static let emailLinkClick = activities(
        "emailLinkClick",
        "The first click of a recipient on a link of a mail.",
        ActivityStore.clicks,
        [
            .init("link_name", .text(limit: 255), "The name of the link.", example: "Shop").orNull
                .from("linkName"),
            .init(
                "link_url",
                .text(limit: 2_000),
                "Its target; a template where it is each recipient's own.",
                example: "https://example.org/shop"
            ).orNull.from("linkURL"),
            .init(
                "first",
                .boolean,
                "Whether it is the profile's first click on any link of the campaign.",
                example: true
            ).orNull.filterable.from("isFirstClick"),
        ]
    )

    /// `/v1/bounce`: each time a message came back.
    static let bounce = activities(
        "bounce",
        "A message that came back, each time it did.",
        ActivityStore.bounces,
        [
            .init("channel", .choice(["email", "sms"]), "The channel.", example: "email")
                .filterable,
            .init(
                "category",
                .text(limit: 64),
                "Hard, soft or not delivered.",
                example: "HARD_BOUNCE"
            )
            .orNull.filterable,
            .init("status", .text(limit: 64), "How it came back.", example: "UNKNOWN_USER")
                .orNull.filterable,
        ]
    )

    private static func activities(
        _ name: String,
        _ summary: String,
        _ listing: Listing,
        _ more: [ResourceAttribute] = []
    ) -> Resource {
        Resource(
            name: name,
            summary: summary,
            attributes: [
                .id,
                .init("task_id", .integer, "The task; null for other sends.", example: 2209)
                    .orNull.filterable.from("task"),
                .init("subscriber_id", .integer, "The profile.", example: 77)
                    .filterable.from("profile"),
                .init("campaign_id", .integer, "The campaign.", example: 9)
                    .filterable.from("campaign"),
                .init("contact_id", .integer, "The contact that it followed.", example: 5_001)
                    .filterable.from("contact"),
            ] + more + [
                .init("cdate", .moment, "When it was.", example: 1_780_000_000).from("eventAt")
            ],
            listing: listing,
            scope: .sends,
            readNeedsOneOf: ["task_id", "subscriber_id"],
            visible: { $0.ownMessages }
        )
    }
}
