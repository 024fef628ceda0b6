// SPDX-License-Identifier: Apache-2.0

extension ExportPair {
    /// The facts of the entry.
    public var facts: PairFacts {
        switch self {
        case .profileCreated:
            .created(.profile, profiles: .main)
        case .profileUpdated:
            .updated(.profile, profiles: .main)
        case .profileCreatedOrUpdated:
            .createdOrUpdated(.profile, profiles: .main)
        case .linkedDataCreated:
            .created(.linkedData, profiles: .addable)
        case .linkedDataUpdated:
            .updated(.linkedData, profiles: .addable)
        case .linkedDataCreatedOrUpdated:
            .createdOrUpdated(.linkedData, profiles: .addable)
        case .interactionsCreated:
            .created(.interactions, profiles: .addable)
        case .interactionsUpdated:
            .updated(.interactions, profiles: .addable)
        case .interactionsCreatedOrUpdated:
            .createdOrUpdated(.interactions, profiles: .addable)
        case .repositoryCreated:
            .created(.repository, profiles: .none)
        case .repositoryUpdated:
            .updated(.repository, profiles: .none)
        case .repositoryCreatedOrUpdated:
            .createdOrUpdated(.repository, profiles: .none)
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
            .activity(.email, "Sent", .email, "sent in the window")
        case .emailNotSent:
            .activity(.email, "Not sent", .emailNotSent, "withheld or failed in the window")
        case .emailOpenings:
            .activity(.email, "Openings", .email, "first opening of the interaction in the window")
        case .emailClicks:
            .activity(
                .email,
                "Clicks",
                .emailClicks,
                "first click on a link of the interaction in the window"
            )
        case .emailBounced:
            .activity(.email, "Bounced", .emailBounced, "hard or soft bounce in the window")
        case .emailUnsubscribes:
            .activity(
                .email,
                "Unsubscribes",
                .email,
                "unsubscribe through the e-mail in the window"
            )
        case .smsSent:
            .activity(.sms, "Sent", .sms, "sent in the window")
        case .smsNotSent:
            .activity(.sms, "Not sent", .smsFailure, "withheld or failed in the window")
        case .smsDelivered:
            .activity(.sms, "Delivered", .sms, "operator's confirmation in the window")
        case .smsClicks:
            .activity(.sms, "Clicks", .sms, "first click of the interaction in the window")
        case .smsDeliveryFailed:
            .activity(
                .sms,
                "Delivery failed",
                .smsFailure,
                "operator's failure notice in the window"
            )
        case .smsStops:
            .activity(.sms, "Stops", .sms, "STOP in the window")
        case .printReady:
            .activity(
                .print,
                "Ready",
                .file,
                "generated in the window and still undownloaded at the cut-off"
            )
        case .printNotSent:
            .activity(.print, "Not sent", .file, "filtered in the window")
        case .printDownloaded:
            .activity(.print, "Downloaded", .fileDownloaded, "deposit date in the window")
        case .callCenterReady:
            .activity(
                .callCenter,
                "Ready",
                .file,
                "generated in the window and still undownloaded at the cut-off"
            )
        case .callCenterNotSent:
            .activity(.callCenter, "Not sent", .file, "filtered in the window")
        case .callCenterDownloaded:
            .activity(.callCenter, "Downloaded", .fileDownloaded, "deposit date in the window")
        case .customAudienceReady:
            .activity(
                .customAudience,
                "Ready",
                .file,
                "generated in the window and still undownloaded at the cut-off"
            )
        case .customAudienceNotSent:
            .activity(.customAudience, "Not sent", .file, "filtered in the window")
        case .customAudienceDownloaded:
            .activity(.customAudience, "Downloaded", .fileDownloaded, "deposit date in the window")
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
        case .profileFull:
            .full(.profile, profiles: .main)
        case .linkedDataFull:
            .full(.linkedData, profiles: .addable)
        case .interactionsFull:
            .full(.interactions, profiles: .addable)
        case .repositoryFull:
            .full(.repository, profiles: .none)
        }
    }
}

extension PairFacts {
    /// Rows of a table that were created in the window.
    fileprivate static func created(_ type: ExportType, profiles: ProfileAttributes) -> Self {
        Self(
            type,
            "Creation moment",
            .table,
            profiles: profiles,
            window: "creation moment in the window"
        )
    }

    /// Rows of a table that were changed in the window, after their creation.
    fileprivate static func updated(_ type: ExportType, profiles: ProfileAttributes) -> Self {
        Self(
            type,
            "Update moment",
            .table,
            profiles: profiles,
            window: "update moment in the window and different from the creation moment"
        )
    }

    /// Rows of a table that were created or changed in the window.
    fileprivate static func createdOrUpdated(
        _ type: ExportType,
        profiles: ProfileAttributes
    )
        -> Self
    {
        Self(
            type,
            "Creation or update moment",
            .table,
            profiles: profiles,
            window: "creation or update moment in the window"
        )
    }

    /// All rows of a table.
    fileprivate static func full(_ type: ExportType, profiles: ProfileAttributes) -> Self {
        Self(
            type,
            "Full",
            .table,
            profiles: profiles,
            window: "there at the cut-off",
            kind: .full
        )
    }

    /// Something that happened in an active campaign.
    fileprivate static func activity(
        _ type: ExportType,
        _ eventType: String,
        _ layout: Layout,
        _ window: String
    ) -> Self {
        Self(
            type,
            eventType,
            layout,
            profiles: .addable,
            window: window,
            activeCampaignsOnly: true
        )
    }
}
