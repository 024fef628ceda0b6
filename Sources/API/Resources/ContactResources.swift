// SPDX-License-Identifier: Apache-2.0
import Accounts
import Campaigns
import Common
import Database

extension Resource {
    /// `/v1/contact`: what became of one recipient of a task.
    static let contact = contacts(
        "contact",
        "One recipient of a task, sent or not.",
        SendStore.contacts,
        needsChannel: true
    )

    private static func contacts(
        _ name: String,
        _ summary: String,
        _ listing: Listing,
        needsChannel: Bool
    ) -> Resource {
        Resource(
            name: name,
            summary: summary,
            attributes: [
                .id,
                .init("task_id", .integer, "The task; null for other sends.", example: 2209)
                    .orNull.filterable.from("task"),
                .init("channel", .choice(["email", "sms"]), "The channel.", example: "email")
                    .filterable,
                .init("subscriber_id", .integer, "The profile.", example: 77)
                    .filterable.from("profile"),
                .init("campaign_id", .integer, "The campaign.", example: 9)
                    .filterable.from("campaign"),
                .init("state", .text(limit: 20), "Where it stands.", example: "sent"),
                .init("status", .text(limit: 64), "Why not, or how it bounced.", example: .null)
                    .orNull.filterable,
                .init("parts", .integer, "The parts of a text message.", example: .null).orNull,
                .init("cdate", .moment, "When it was planned.", example: 1_780_000_000)
                    .from("createdAt"),
                .init("mdate", .moment, "When it was decided.", example: 1_780_000_000)
                    .orNull.from("eventAt"),
            ],
            listing: listing,
            scope: .sends,
            readNeedsOneOf: ["task_id", "subscriber_id"],
            readNeedsAll: needsChannel ? ["channel"] : [],
            visible: { $0.ownMessages }
        )
    }
}
