// SPDX-License-Identifier: Apache-2.0

extension Layout {
    /// The layout's own columns in order; none for ``table``, whose columns its table declares.
    public var columns: [CatalogueColumn] {
        switch self {
        case .table: []
        case .deletedProfiles: Layout.deletedProfilesColumns
        case .segmentTransitions: Layout.segmentTransitionsColumns
        case .subscriptionUpdates: Layout.subscriptionUpdatesColumns
        case .consentChanges: Layout.consentChangesColumns
        case .email: Layout.emailColumns
        case .emailNotSent: Layout.emailNotSentColumns
        case .emailClicks: Layout.emailClicksColumns
        case .emailBounced: Layout.emailBouncedColumns
        case .sms: Layout.smsColumns
        case .smsFailure: Layout.smsFailureColumns
        case .file: Layout.fileColumns
        case .fileDownloaded: Layout.fileDownloadedColumns
        case .rowDeletedLinked: Layout.rowDeletedLinkedColumns
        case .rowDeletedRepository: Layout.rowDeletedRepositoryColumns
        }
    }

    private static let deletedProfilesColumns: [CatalogueColumn] = [
        .moment("dataCollectionMoment", "Data collection moment"),
        .integer("profileId", "Profile id"),
        .string("dataCollectionWay", "Data collection way"),
        .moment("eventTime", "Event time"),
        .string("dataCollectionSource", "Data collection source"),
        .profileKey,
    ]

    private static let segmentTransitionsColumns: [CatalogueColumn] = [
        .string("newValue", "New value"),
        .integer("profileId", "Profile id"),
        .string("segment", "Segment"),
        .moment("eventTime", "Event time"),
        .string("previousValue", "Previous value"),
        .profileKey,
    ]

    private static let subscriptionUpdatesColumns: [CatalogueColumn] = [
        .string("collectionSource", "Collection source"),
        .string("type", "Type"),
        .integer("profileId", "Profile id"),
        .moment("collectionMoment", "Collection moment"),
        .string("subscription", "Subscription"),
        .moment("eventTime", "Event time"),
        .string("collectionWay", "Collection way"),
        .profileKey,
    ]

    private static let consentChangesColumns: [CatalogueColumn] = [
        .string("collectionSource", "Collection source"),
        .integer("profileId", "Profile id"),
        .moment("collectionMoment", "Collection moment"),
        .moment("eventTime", "Event time"),
        .string("collectionWay", "Collection way"),
        .profileKey,
        .boolean("consentValue", "Consent value"),
    ]

    private static let emailColumns: [CatalogueColumn] = [
        .integer("interactionId", "Interaction id"),
        .integer("campaignId", "Campaign id"),
        .string("abVersion", "AB version"),
        .integer("profileId", "Profile id"),
        .string("subscription", "Subscription"),
        .moment("eventTime", "Event time"),
        .string("emailAddress", "E-mail address"),
        .string("campaignTechnicalName", "Campaign technical name"),
        .profileKey,
    ]

    private static let emailNotSentColumns: [CatalogueColumn] = [
        .integer("interactionId", "Interaction id"),
        .integer("campaignId", "Campaign id"),
        .string("abVersion", "AB version"),
        .string("statusCategory", "Status category"),
        .integer("profileId", "Profile id"),
        .string("subscription", "Subscription"),
        .moment("eventTime", "Event time"),
        .string("emailAddress", "E-mail address"),
        .string("campaignTechnicalName", "Campaign technical name"),
        .profileKey,
        .string("status", "Status"),
    ]

    private static let emailClicksColumns: [CatalogueColumn] = [
        .integer("interactionId", "Interaction id"),
        .string("clickedUrlName", "Clicked URL name"),
        .boolean("isFirstClick", "Is first click ?"),
        .integer("campaignId", "Campaign id"),
        .string("abVersion", "AB version"),
        .integer("profileId", "Profile id"),
        .string("clickedUrl", "Clicked URL"),
        .string("subscription", "Subscription"),
        .moment("eventTime", "Event time"),
        .string("emailAddress", "E-mail address"),
        .string("campaignTechnicalName", "Campaign technical name"),
        .profileKey,
    ]

    private static let emailBouncedColumns: [CatalogueColumn] = [
        .integer("interactionId", "Interaction id"),
        .string("bounceStatusCategory", "Bounce status category"),
        .string("bounceStatus", "Bounce status"),
        .integer("campaignId", "Campaign id"),
        .string("abVersion", "AB version"),
        .integer("profileId", "Profile id"),
        .string("subscription", "Subscription"),
        .moment("eventTime", "Event time"),
        .string("emailAddress", "E-mail address"),
        .string("campaignTechnicalName", "Campaign technical name"),
        .profileKey,
    ]

    private static let smsColumns: [CatalogueColumn] = [
        .integer("interactionId", "Interaction id"),
        .integer("campaignId", "Campaign id"),
        .string("campaignName", "Campaign name"),
        .string("gsmNumber", "GSM number"),
        .integer("profileId", "Profile id"),
        .moment("eventTime", "Event time"),
        .profileKey,
    ]

    private static let smsFailureColumns: [CatalogueColumn] = [
        .integer("interactionId", "Interaction id"),
        .integer("campaignId", "Campaign id"),
        .string("campaignName", "Campaign name"),
        .string("gsmNumber", "GSM number"),
        .string("errorStatusCategory", "Error status category"),
        .integer("profileId", "Profile id"),
        .moment("eventTime", "Event time"),
        .string("errorStatus", "Error status"),
        .profileKey,
    ]

    private static let fileColumns: [CatalogueColumn] = [
        .integer("campaignId", "Campaign id"),
        .string("campaignTechnicalName", "Campaign technical name"),
        .moment("eventTime", "Event time"),
        .integer("interactionId", "Interaction id"),
        .integer("profileId", "Profile id"),
        .profileKey,
    ]

    private static let fileDownloadedColumns: [CatalogueColumn] = [
        .integer("campaignId", "Campaign id"),
        .string("campaignTechnicalName", "Campaign technical name"),
        .moment("depositDate", "Deposit date"),
        .moment("eventTime", "Event time"),
        .integer("interactionId", "Interaction id"),
        .integer("profileId", "Profile id"),
        .profileKey,
    ]

    private static let rowDeletedLinkedColumns: [CatalogueColumn] = [
        .moment("eventTime", "Event time"),
        .rowKey,
        .integer("id", "Id"),
        .integer("profileId", "Profile id"),
        .profileKey,
    ]

    private static let rowDeletedRepositoryColumns: [CatalogueColumn] = [
        .moment("eventTime", "Event time"),
        .rowKey,
        .integer("id", "Id"),
    ]
}
