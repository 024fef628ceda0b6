// SPDX-License-Identifier: Apache-2.0

/// What the catalogue says of an entry.
public struct PairFacts: Sendable, Hashable {
    /// The export type.
    public let exportType: ExportType
    /// The event type's name, as people see it.
    public let eventType: String
    /// The columns.
    public let layout: Layout
    /// What profile attributes are to the file.
    public let profileAttributes: ProfileAttributes
    /// Which rows belong to a window, in words.
    public let window: String
    /// Whether only active campaigns count, by the 31-day rule.
    public let activeCampaignsOnly: Bool
    /// Whether rows can be filtered by the source of the change.
    public let sourceFilter: Bool
    /// Whether a file holds what is new, or everything.
    public let kind: ExportKind

    init(
        _ exportType: ExportType,
        _ eventType: String,
        _ layout: Layout,
        profiles: ProfileAttributes,
        window: String,
        activeCampaignsOnly: Bool = false,
        sourceFilter: Bool = false,
        kind: ExportKind = .incremental
    ) {
        self.exportType = exportType
        self.eventType = eventType
        self.layout = layout
        profileAttributes = profiles
        self.window = window
        self.activeCampaignsOnly = activeCampaignsOnly
        self.sourceFilter = sourceFilter
        self.kind = kind
    }
}

/// What a file holds of its rows.
public enum ExportKind: String, CaseIterable, Sendable, Codable {
    /// What is new since the file before.
    case incremental
    /// Everything that is there.
    case full
}

/// What profile attributes are to a file.
public enum ProfileAttributes: String, Sendable, Codable {
    /// They are the main columns, without a prefix.
    case main
    /// They can be added, headed `profile-<technical name>`.
    case addable
    /// They cannot be had.
    case none
}

/// The thirteen export types, by the names that people see.
public enum ExportType: String, CaseIterable, Sendable, Codable {
    /// Profiles.
    case profile = "Profile"
    /// Rows of linked data.
    case linkedData = "Linked Data"
    /// Rows of interaction tables.
    case interactions = "Interactions"
    /// Rows of repositories.
    case repository = "Repository"
    /// What happened to profiles.
    case profileChanges = "Profile changes"
    /// What happened to e-mails.
    case email = "E-mail activities"
    /// What happened to SMS.
    case sms = "SMS activities"
    /// What happened to printed letters.
    case print = "Print activities"
    /// What happened to calls.
    case callCenter = "Call center activities"
    /// What happened to custom audiences.
    case customAudience = "Custom audience activities"
    /// What happened to linked data.
    case linkedDataChanges = "Linked Data changes"
    /// What happened to rows of interaction tables.
    case interactionChanges = "Interaction changes"
    /// What happened to rows of repositories.
    case repositoryChanges = "Repository changes"

    /// The colour group that the type stands in.
    public var group: ExportGroup {
        switch self {
        case .profile, .profileChanges: .profile
        case .linkedData, .interactions, .repository, .linkedDataChanges, .interactionChanges,
            .repositoryChanges:
            .customTable
        case .email, .sms, .print, .callCenter, .customAudience: .campaign
        }
    }
}

/// The colour groups of the wizard: blue, purple, green.
public enum ExportGroup: String, CaseIterable, Sendable, Codable {
    /// About profile tables: blue.
    case profile
    /// About custom tables: purple.
    case customTable
    /// About campaigns: green.
    case campaign
}
