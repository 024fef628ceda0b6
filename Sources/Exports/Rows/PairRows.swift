// SPDX-License-Identifier: Apache-2.0

extension ExportPair {
    /// Where the rows come from; nil for types that are not available yet.
    var rows: (any RowSource)? {
        switch facts.exportType {
        case .profile, .profileChanges: profileRows
        case .linkedData, .interactions, .repository, .linkedDataChanges, .interactionChanges,
            .repositoryChanges:
            customRows
        case .email: emailRows
        case .sms: smsRows
        case .print, .callCenter, .customAudience: fileRows
        }
    }

    /// Whether the program can make files of this type.
    public var isAvailable: Bool { rows != nil }

    private var profileRows: (any RowSource)? {
        switch self {
        case .profileCreated: .createdProfiles
        case .profileUpdated: .updatedProfiles
        case .profileCreatedOrUpdated: .createdOrUpdatedProfiles
        case .profileFull: .presentProfiles
        case .profileChangesDeleted: .deletedProfiles
        case .profileChangesSegmentTransitions: .segmentTransitions
        case .profileChangesSubscriptionUpdates: .subscriptionUpdates
        case .profileChangesConsentChanges: .consentChanges
        default: nil
        }
    }

    private var customRows: (any RowSource)? {
        switch self {
        case .linkedDataCreated, .interactionsCreated, .repositoryCreated: .createdRows
        case .linkedDataUpdated, .interactionsUpdated, .repositoryUpdated: .updatedRows
        case .linkedDataCreatedOrUpdated, .interactionsCreatedOrUpdated,
            .repositoryCreatedOrUpdated:
            .createdOrUpdatedRows
        case .linkedDataChangesDeletedRows, .interactionChangesDeletedRows,
            .repositoryChangesDeletedRows:
            .deletedRows
        case .linkedDataFull, .interactionsFull, .repositoryFull: .presentRows
        default: nil
        }
    }

    private var emailRows: (any RowSource)? {
        switch self {
        case .emailSent: .sentEmails
        case .emailNotSent: .withheldEmails
        case .emailOpenings: .emailOpenings
        case .emailClicks: .emailClicks
        case .emailBounced: .emailBounces
        case .emailUnsubscribes: .emailUnsubscribes
        default: nil
        }
    }

    private var smsRows: (any RowSource)? {
        switch self {
        case .smsSent: .sentTexts
        case .smsNotSent: .withheldTexts
        case .smsDelivered: .deliveredTexts
        case .smsClicks: .textClicks
        case .smsDeliveryFailed: .failedTexts
        case .smsStops: .textStops
        default: nil
        }
    }

    private var fileRows: (any RowSource)? {
        switch self {
        case .printReady: .printReady
        case .printNotSent: .printNotSent
        case .printDownloaded: .printDownloaded
        case .callCenterReady: .callReady
        case .callCenterNotSent: .callNotSent
        case .callCenterDownloaded: .callDownloaded
        case .customAudienceReady: .audienceReady
        case .customAudienceNotSent: .audienceNotSent
        case .customAudienceDownloaded: .audienceDownloaded
        default: nil
        }
    }
}
