// SPDX-License-Identifier: Apache-2.0

extension ExportPair {
    /// Where the rows come from; nil for types that are not available yet.
    var rows: (any RowSource)? {
        switch self {
        case .profileCreated: .createdProfiles
        case .profileUpdated: .updatedProfiles
        case .profileCreatedOrUpdated: .createdOrUpdatedProfiles
        case .profileChangesDeleted: .deletedProfiles
        case .profileChangesSubscriptionUpdates: .subscriptionUpdates
        case .profileChangesConsentChanges: .consentChanges
        case .emailSent: .sentEmails
        case .emailNotSent: .withheldEmails
        default: nil
        }
    }

    /// Whether the program can make files of this type.
    public var isAvailable: Bool { rows != nil }
}
