// SPDX-License-Identifier: Apache-2.0

extension ExportPair {
    /// The facts of the entry.
    public var facts: PairFacts {
        switch self {
        case .profileCreated:
            PairFacts(
                .profile,
                "Creation moment",
                .table,
                profiles: .main,
                window: "creation moment in the window"
            )
        case .profileUpdated:
            PairFacts(
                .profile,
                "Update moment",
                .table,
                profiles: .main,
                window: "update moment in the window and different from the creation moment"
            )
        case .profileCreatedOrUpdated:
            PairFacts(
                .profile,
                "Creation or update moment",
                .table,
                profiles: .main,
                window: "creation or update moment in the window"
            )
        case .linkedDataCreated:
            PairFacts(
                .linkedData,
                "Creation moment",
                .table,
                profiles: .addable,
                window: "creation moment in the window"
            )
        case .linkedDataUpdated:
            PairFacts(
                .linkedData,
                "Update moment",
                .table,
                profiles: .addable,
                window: "update moment in the window and different from the creation moment"
            )
        case .linkedDataCreatedOrUpdated:
            PairFacts(
                .linkedData,
                "Creation or update moment",
                .table,
                profiles: .addable,
                window: "creation or update moment in the window"
            )
        case .interactionsCreated:
            PairFacts(
                .interactions,
                "Creation moment",
                .table,
                profiles: .addable,
                window: "creation moment in the window"
            )
        case .interactionsUpdated:
            PairFacts(
                .interactions,
                "Update moment",
                .table,
                profiles: .addable,
                window: "update moment in the window and different from the creation moment"
            )
        case .interactionsCreatedOrUpdated:
            PairFacts(
                .interactions,
                "Creation or update moment",
                .table,
                profiles: .addable,
                window: "creation or update moment in the window"
            )
        case .repositoryCreated:
            PairFacts(
                .repository,
                "Creation moment",
                .table,
                profiles: .none,
                window: "creation moment in the window"
            )
        case .repositoryUpdated:
            PairFacts(
                .repository,
                "Update moment",
                .table,
                profiles: .none,
                window: "update moment in the window and different from the creation moment"
            )
        case .repositoryCreatedOrUpdated:
            PairFacts(
                .repository,
                "Creation or update moment",
                .table,
                profiles: .none,
                window: "creation or update moment in the window"
            )
        case .profileChangesDeleted:
            PairFacts(
                .profileChanges,
                "Deleted profiles",
                .deletedProfiles,
                profiles: .none,
                window: "deletion in the window",
                sourceFilter: true
            )
        case .profileChangesSegmentTransitions:
            PairFacts(
                .profileChanges,
                "Segment transitions",
                .segmentTransitions,
                profiles: .addable,
                window: "transition in the window"
            )
        case .profileChangesSubscriptionUpdates:
            PairFacts(
                .profileChanges,
                "Subscription updates",
                .subscriptionUpdates,
                profiles: .addable,
                window: "subscription change in the window",
                sourceFilter: true
            )
        case .profileChangesConsentChanges:
            PairFacts(
                .profileChanges,
                "Marketing consent changes",
                .consentChanges,
                profiles: .addable,
                window: "consent change in the window"
            )
        case .emailSent:
            PairFacts(
                .email,
                "Sent",
                .email,
                profiles: .addable,
                window: "sent in the window",
                activeCampaignsOnly: true
            )
        case .emailNotSent:
            PairFacts(
                .email,
                "Not sent",
                .emailNotSent,
                profiles: .addable,
                window: "withheld or failed in the window",
                activeCampaignsOnly: true
            )
        case .emailOpenings:
            PairFacts(
                .email,
                "Openings",
                .email,
                profiles: .addable,
                window: "first opening of the interaction in the window",
                activeCampaignsOnly: true
            )
        case .emailClicks:
            PairFacts(
                .email,
                "Clicks",
                .emailClicks,
                profiles: .addable,
                window: "first click on a link of the interaction in the window",
                activeCampaignsOnly: true
            )
        case .emailBounced:
            PairFacts(
                .email,
                "Bounced",
                .emailBounced,
                profiles: .addable,
                window: "hard or soft bounce in the window",
                activeCampaignsOnly: true
            )
        case .emailUnsubscribes:
            PairFacts(
                .email,
                "Unsubscribes",
                .email,
                profiles: .addable,
                window: "unsubscribe through the e-mail in the window",
                activeCampaignsOnly: true
            )
        case .smsSent:
            PairFacts(
                .sms,
                "Sent",
                .sms,
                profiles: .addable,
                window: "sent in the window",
                activeCampaignsOnly: true
            )
        case .smsNotSent:
            PairFacts(
                .sms,
                "Not sent",
                .smsFailure,
                profiles: .addable,
                window: "withheld or failed in the window",
                activeCampaignsOnly: true
            )
        case .smsDelivered:
            PairFacts(
                .sms,
                "Delivered",
                .sms,
                profiles: .addable,
                window: "operator's confirmation in the window",
                activeCampaignsOnly: true
            )
        case .smsClicks:
            PairFacts(
                .sms,
                "Clicks",
                .sms,
                profiles: .addable,
                window: "first click of the interaction in the window",
                activeCampaignsOnly: true
            )
        case .smsDeliveryFailed:
            PairFacts(
                .sms,
                "Delivery failed",
                .smsFailure,
                profiles: .addable,
                window: "operator's failure notice in the window",
                activeCampaignsOnly: true
            )
        case .smsStops:
            PairFacts(
                .sms,
                "Stops",
                .sms,
                profiles: .addable,
                window: "STOP in the window",
                activeCampaignsOnly: true
            )
        case .printReady:
            PairFacts(
                .print,
                "Ready",
                .file,
                profiles: .addable,
                window: "generated in the window and still undownloaded at the cut-off",
                activeCampaignsOnly: true
            )
        case .printNotSent:
            PairFacts(
                .print,
                "Not sent",
                .file,
                profiles: .addable,
                window: "filtered in the window",
                activeCampaignsOnly: true
            )
        case .printDownloaded:
            PairFacts(
                .print,
                "Downloaded",
                .fileDownloaded,
                profiles: .addable,
                window: "deposit date in the window",
                activeCampaignsOnly: true
            )
        case .callCenterReady:
            PairFacts(
                .callCenter,
                "Ready",
                .file,
                profiles: .addable,
                window: "generated in the window and still undownloaded at the cut-off",
                activeCampaignsOnly: true
            )
        case .callCenterNotSent:
            PairFacts(
                .callCenter,
                "Not sent",
                .file,
                profiles: .addable,
                window: "filtered in the window",
                activeCampaignsOnly: true
            )
        case .callCenterDownloaded:
            PairFacts(
                .callCenter,
                "Downloaded",
                .fileDownloaded,
                profiles: .addable,
                window: "deposit date in the window",
                activeCampaignsOnly: true
            )
        case .customAudienceReady:
            PairFacts(
                .customAudience,
                "Ready",
                .file,
                profiles: .addable,
                window: "generated in the window and still undownloaded at the cut-off",
                activeCampaignsOnly: true
            )
        case .customAudienceNotSent:
            PairFacts(
                .customAudience,
                "Not sent",
                .file,
                profiles: .addable,
                window: "filtered in the window",
                activeCampaignsOnly: true
            )
        case .customAudienceDownloaded:
            PairFacts(
                .customAudience,
                "Downloaded",
                .fileDownloaded,
                profiles: .addable,
                window: "deposit date in the window",
                activeCampaignsOnly: true
            )
        case .linkedDataChangesDeletedRows:
            PairFacts(
                .linkedDataChanges,
                "Deleted rows",
                .rowDeletedLinked,
                profiles: .none,
                window: "row deletion in the window"
            )
        case .interactionChangesDeletedRows:
            PairFacts(
                .interactionChanges,
                "Deleted rows",
                .rowDeletedLinked,
                profiles: .none,
                window: "row deletion in the window"
            )
        case .repositoryChangesDeletedRows:
            PairFacts(
                .repositoryChanges,
                "Deleted rows",
                .rowDeletedRepository,
                profiles: .none,
                window: "row deletion in the window"
            )
        }
    }
}
