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
}
