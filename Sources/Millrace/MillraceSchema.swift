// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Campaigns
public import Database
import Exports
import Files
import Imports
import Tasks

/// All rooms' tables.
public enum MillraceSchema {
    /// The migrations of all rooms, in the order in which they are applied.
    public static let migrations: [Migration] =
        AccountsSchema.migrations + TaskSchema.migrations + FilesSchema.migrations
        + AudienceSchema.migrations + ImportSchema.migrations + CampaignSchema.migrations
        + ExportsSchema.migrations + APISchema.migrations + WebhookSchema.migrations
        + [entitiesOfExports]

    /// The entity of an export stood in its definition only, as text of JSON.
    private static let entitiesOfExports = Migration(
        id: "exports-entities-known",
        steps: [
            .statement(
                """
                UPDATE export SET entity_id = (SELECT min(e.id) FROM entity e
                    WHERE e.workspace_id = export.workspace_id
                    AND (export.definition LIKE '%"entity":' || e.id || ',%'
                        OR export.definition LIKE '%"entity":' || e.id || '}%'))
                """
            )
        ]
    )
}
