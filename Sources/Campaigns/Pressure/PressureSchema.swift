// SPDX-License-Identifier: Apache-2.0
internal import Database

extension CampaignSchema {
    /// When a contact was last counted for the pressure; null for when it was planned.
    static let counting = Migration(
        id: "pressure-2",
        steps: [.addColumn(.moment("counted_at").orNull, to: "interaction")]
    )

    static let pressureLimit = TableDefinition(
        "pressure_limit",
        columns: [
            .integer("workspace_id"), .integer("table_id"), .integer("per_day").orNull,
            .integer("per_week").orNull, .integer("per_month").orNull, .text("zone"),
        ],
        primaryKey: ["workspace_id", "table_id"]
    )

    /// One row a profile, read and written as often as it is planned for a message; begins anew with
    /// each period, so that nothing needs to be cleared.
    static let pressure = TableDefinition(
        "pressure",
        columns: [
            .integer("workspace_id"), .integer("table_id"), .integer("profile_id"),
            .integer("day"), .integer("day_total"), .integer("week"), .integer("week_total"),
            .integer("month"), .integer("month_total"),
        ],
        primaryKey: ["workspace_id", "table_id", "profile_id"],
        isClustered: true
    )

    /// How many profiles campaigns without filters reached on a day.
    static let unfilteredUse = TableDefinition(
        "unfiltered_use",
        columns: [
            .integer("workspace_id"), .integer("campaign_id"), .integer("day"), .integer("total"),
        ],
        primaryKey: ["workspace_id", "campaign_id"]
    )

    static let serviceDomain = TableDefinition(
        "service_domain",
        columns: [
            .integer("workspace_id"), .text("domain"), .integer("id"), .moment("created_at"),
            .text("created_by"),
        ],
        primaryKey: ["workspace_id", "domain"],
        isClustered: true,
        indexes: [IndexDefinition("service_domain_id", ["workspace_id", "id"], isUnique: true)]
    )
}
