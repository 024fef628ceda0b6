// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Messaging

/// Why someone was not sent a message (spec/campaigns.md, "Eligibility").
public enum NotSentCategory: String, Sendable, Codable, CaseIterable {
    /// Left out by a rule.
    case filtered = "FILTERED"
    /// Left out by something that is wrong.
    case inError = "IN_ERROR"
}

/// The statuses of e-mail that was not sent, in the order in which they are judged.
public enum EmailStatus: String, Sendable, Codable, CaseIterable {
    /// The definition of the target is invalid.
    case invalidTargetGroup = "INVALID_TARGET_GROUP"
    /// The profile is not in the campaign's table.
    case recipientNotInTargetGroupTable = "RECIPIENT_NOT_IN_TARGET_GROUP_TABLE"
    /// The person opted out of the linked list or the channel, or no longer matches.
    case recipientNotInTargetGroup = "RECIPIENT_NOT_IN_TARGET_GROUP"
    /// The profile has no address.
    case noEmailAddress = "NO_EMAIL_ADDRESS"
    /// The address breaks the rules of addresses.
    case invalidEmailAddress = "INVALID_EMAIL_ADDRESS"
    /// The recipient complained, or is never to be contacted.
    case blacklistedByRecipient = "BLACKLISTED_BY_RECIPIENT"
    /// The address's domain takes mail for anybody, or for services only.
    case catchAllDomain = "CATCH_ALL_DOMAIN"
    /// A mail to the address came back for good.
    case quarantinePermanent = "QUARANTINE_PERMANENT"
    /// Mails to the address came back for now, not long ago.
    case quarantineTemporary = "QUARANTINE_TEMPORARY"
    /// Another recipient of the send has the same address.
    case duplicateEmailAddress = "DUPLICATE_EMAIL_ADDRESS"
    /// The person had as many messages in the period as the profile table allows.
    case commercialPressure = "COMMERCIAL_PRESSURE"
    /// The person is in the campaign's control sample.
    case controlSample = "CONTROL_SAMPLE"
    /// A transactional campaign has reached all the profiles that it may without filters.
    case noFilterLimitReached = "NO_FILTER_LIMIT_REACHED"
    /// One of the mail's settings is wrong.
    case emailParameterError = "EMAIL_PARAMETER_ERROR"
    /// A personalisation value is missing without default, or faulty.
    case variableValueError = "VARIABLE_VALUE_ERROR"
    /// Personalisation or HTML rendering failed.
    case emailGenerationError = "EMAIL_GENERATION_ERROR"
    /// The mail is larger than 4 MB.
    case emailSizeTooHeavy = "EMAIL_SIZE_TOO_HEAVY"
    /// No relay took the mail after all tries.
    case emailSendingError = "EMAIL_SENDING_ERROR"
    /// Something else kept the mail from being made.
    case otherError = "OTHER_ERROR"

    /// The category that the status belongs to.
    public var category: NotSentCategory {
        switch self {
        case .noEmailAddress, .invalidEmailAddress, .blacklistedByRecipient, .catchAllDomain,
            .quarantinePermanent, .quarantineTemporary, .duplicateEmailAddress,
            .commercialPressure, .controlSample, .emailSizeTooHeavy:
            .filtered
        case .invalidTargetGroup, .recipientNotInTargetGroupTable, .recipientNotInTargetGroup,
            .emailParameterError, .variableValueError, .emailGenerationError, .emailSendingError,
            .noFilterLimitReached, .otherError:
            .inError
        }
    }
}

/// What the rules know of a person when a send is planned.
struct Addressee {
    var profile: ProfileID
    /// Whether the profile still exists in the campaign's table.
    var isInTable = false
    /// The address or number; nil when there is none.
    var address: String?
    /// The channel's permission; null counts as no.
    var isPermitted = false
    /// Whether the person is subscribed to the linked list and confirmed; true without a list.
    var isSubscribed = true
    /// Whether the address is on the do-not-contact list.
    var isBlocked = false
    /// For what the address is in quarantine.
    var quarantine: Set<QuarantineCause> = []
    /// The time zone that the profile names.
    var zone: String?
}

/// Decides who is left out when a send is planned; the first rule that applies counts.
///
/// Pure.
struct Eligibility {
    let campaign: CampaignID
    let rules: CampaignRules
    private var used: Set<UInt64> = []

    init(campaign: CampaignID, rules: CampaignRules) {
        self.campaign = campaign
        self.rules = rules
    }

    /// The status by which a person is left out; nil when the message goes to them.
    mutating func status(of person: Addressee) -> EmailStatus? {
        guard person.isInTable else { return .recipientNotInTargetGroupTable }
        guard person.isPermitted, person.isSubscribed else { return .recipientNotInTargetGroup }
        guard let address = person.address, !address.isEmpty else { return .noEmailAddress }
        guard EmailAddress.isValid(address) else { return .invalidEmailAddress }
        guard !person.isBlocked, !person.quarantine.contains(.complaint) else {
            return .blacklistedByRecipient
        }
        guard !person.quarantine.contains(.hardBounce) else { return .quarantinePermanent }
        guard !person.quarantine.contains(.softBounce) else { return .quarantineTemporary }
        let isNew = use(address)
        guard isNew || !rules.sendsOncePerAddress else { return .duplicateEmailAddress }
        return isInControlSample(person.profile) ? .controlSample : nil
    }

    /// Notes that an address has a recipient; false when it had one already.
    @discardableResult
    mutating func use(_ address: String) -> Bool {
        used.insert(StableHash.of(address.lowercased().utf8)).inserted
    }

    /// A share of all profiles that is the same each time for a profile and a campaign.
    func isInControlSample(_ profile: ProfileID) -> Bool {
        guard rules.controlPercent > 0 else { return false }
        let bytes = "\(campaign)/\(profile)".utf8
        let place = Double(StableHash.of(bytes) >> 11) / Double(1 << 53)
        return place * 100 < rules.controlPercent
    }
}
