// SPDX-License-Identifier: Apache-2.0
internal import Database

extension CampaignSchema {
    /// Found by a quick hash of the address, since a send looks everybody up; what is found is
    /// compared by the digest.
    static let quarantine = TableDefinition(
        "quarantine",
        columns: [
            .integer("workspace_id"), .text("channel"), .integer("hash"), .text("digest"),
            .text("cause"), .integer("id"), .integer("occurrences"), .moment("since"),
            .moment("ends_at").orNull, .integer("interaction_id").orNull,
        ],
        primaryKey: ["workspace_id", "channel", "hash", "digest", "cause"],
        isClustered: true,
        indexes: [IndexDefinition("quarantine_id", ["workspace_id", "id"], isUnique: true)]
    )
}
