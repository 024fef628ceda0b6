// SPDX-License-Identifier: Apache-2.0

/// What a file of an export holds: an export type with one of its event types.
///
/// First the 40 incremental entries of the catalogue (spec/exports-catalogue.json), in its order; then
/// the full exports, which are no part of it. A new one is a case here with its facts, and one file
/// in Rows.
public enum ExportPair: String, CaseIterable, Sendable, Codable {
    /// Profile, creation moment.
    case profileCreated = "profile.created"
    /// Profile, update moment.
    case profileUpdated = "profile.updated"
    /// Profile, creation or update moment.
    case profileCreatedOrUpdated = "profile.createdOrUpdated"
    /// Linked Data, creation moment.
    case linkedDataCreated = "linkedData.created"
    /// Linked Data, update moment.
    case linkedDataUpdated = "linkedData.updated"
    /// Linked Data, creation or update moment.
    case linkedDataCreatedOrUpdated = "linkedData.createdOrUpdated"
    /// Interactions, creation moment.
    case interactionsCreated = "interactions.created"
    /// Interactions, update moment.
    case interactionsUpdated = "interactions.updated"
    /// Interactions, creation or update moment.
    case interactionsCreatedOrUpdated = "interactions.createdOrUpdated"
    /// Repository, creation moment.
    case repositoryCreated = "repository.created"
    /// Repository, update moment.
    case repositoryUpdated = "repository.updated"
    /// Repository, creation or update moment.
    case repositoryCreatedOrUpdated = "repository.createdOrUpdated"
    /// Profile changes, deleted profiles.
    case profileChangesDeleted = "profileChanges.deleted"
    /// Profile changes, segment transitions.
    case profileChangesSegmentTransitions = "profileChanges.segmentTransitions"
    /// Profile changes, subscription updates.
    case profileChangesSubscriptionUpdates = "profileChanges.subscriptionUpdates"
    /// Profile changes, marketing consent changes.
    case profileChangesConsentChanges = "profileChanges.consentChanges"
    /// E-mail activities, sent.
    case emailSent = "email.sent"
    /// E-mail activities, not sent.
    case emailNotSent = "email.notSent"
    /// E-mail activities, openings.
    case emailOpenings = "email.openings"
    /// E-mail activities, clicks.
    case emailClicks = "email.clicks"
    /// E-mail activities, bounced.
    case emailBounced = "email.bounced"
    /// E-mail activities, unsubscribes.
    case emailUnsubscribes = "email.unsubscribes"
    /// SMS activities, sent.
    case smsSent = "sms.sent"
    /// SMS activities, not sent.
    case smsNotSent = "sms.notSent"
    /// SMS activities, delivered.
    case smsDelivered = "sms.delivered"
    /// SMS activities, clicks.
    case smsClicks = "sms.clicks"
    /// SMS activities, delivery failed.
    case smsDeliveryFailed = "sms.deliveryFailed"
    /// SMS activities, stops.
    case smsStops = "sms.stops"
    /// Print activities, ready.
    case printReady = "print.ready"
    /// Print activities, not sent.
    case printNotSent = "print.notSent"
    /// Print activities, downloaded.
    case printDownloaded = "print.downloaded"
    /// Call center activities, ready.
    case callCenterReady = "callCenter.ready"
    /// Call center activities, not sent.
    case callCenterNotSent = "callCenter.notSent"
    /// Call center activities, downloaded.
    case callCenterDownloaded = "callCenter.downloaded"
    /// Custom audience activities, ready.
    case customAudienceReady = "customAudience.ready"
    /// Custom audience activities, not sent.
    case customAudienceNotSent = "customAudience.notSent"
    /// Custom audience activities, downloaded.
    case customAudienceDownloaded = "customAudience.downloaded"
    /// Linked Data changes, deleted rows.
    case linkedDataChangesDeletedRows = "linkedDataChanges.deletedRows"
    /// Interaction changes, deleted rows.
    case interactionChangesDeletedRows = "interactionChanges.deletedRows"
    /// Repository changes, deleted rows.
    case repositoryChangesDeletedRows = "repositoryChanges.deletedRows"
    /// Profile, all that are there.
    case profileFull = "profile.full"
    /// Linked Data, all rows that are there.
    case linkedDataFull = "linkedData.full"
    /// Interactions, all rows that are there.
    case interactionsFull = "interactions.full"
    /// Repository, all rows that are there.
    case repositoryFull = "repository.full"
}

extension ExportPair {
    /// The entries of the catalogue: the incremental ones.
    public static let catalogue = allCases.filter { !$0.isFull }

    /// Whether each file holds everything that is there, instead of what is new.
    public var isFull: Bool { facts.kind == .full }
}
