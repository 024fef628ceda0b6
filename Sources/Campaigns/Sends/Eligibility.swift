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

/// The statuses of e-mail that was not sent, as far as this version gives them.
public enum EmailStatus: String, Sendable, Codable, CaseIterable {
    /// The profile is not in the campaign's table.
    case recipientNotInTargetGroupTable = "RECIPIENT_NOT_IN_TARGET_GROUP_TABLE"
    /// The person opted out of the linked list or the channel.
    case recipientNotInTargetGroup = "RECIPIENT_NOT_IN_TARGET_GROUP"
    /// The profile has no address.
    case noEmailAddress = "NO_EMAIL_ADDRESS"
    /// The address breaks the rules of addresses.
    case invalidEmailAddress = "INVALID_EMAIL_ADDRESS"
    /// The address is never to be contacted.
    case blacklistedByRecipient = "BLACKLISTED_BY_RECIPIENT"
    /// Another recipient of the send has the same address.
    case duplicateEmailAddress = "DUPLICATE_EMAIL_ADDRESS"
    /// The person is in the campaign's control sample.
    case controlSample = "CONTROL_SAMPLE"
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

    /// The category that the status belongs to.
    public var category: NotSentCategory {
        switch self {
        case .noEmailAddress, .invalidEmailAddress, .blacklistedByRecipient,
            .duplicateEmailAddress, .controlSample, .emailSizeTooHeavy:
            .filtered
        case .recipientNotInTargetGroupTable, .recipientNotInTargetGroup, .emailParameterError,
            .variableValueError, .emailGenerationError, .emailSendingError:
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
        guard !person.isBlocked else { return .blacklistedByRecipient }
        let isNew = use(address)
        guard isNew || !rules.sendsOncePerAddress else { return .duplicateEmailAddress }
        return isInControlSample(person.profile) ? .controlSample : nil
    }

    /// Notes that an address has a recipient; false when it had one already.
    @discardableResult
    mutating func use(_ address: String) -> Bool {
        used.insert(Eligibility.hash(address.lowercased().utf8)).inserted
    }

    /// A share of all profiles that is the same each time for a profile and a campaign.
    func isInControlSample(_ profile: ProfileID) -> Bool {
        guard rules.controlPercent > 0 else { return false }
        let bytes = "\(campaign)/\(profile)".utf8
        let place = Double(Eligibility.hash(bytes) >> 11) / Double(1 << 53)
        return place * 100 < rules.controlPercent
    }

    /// 64-bit FNV-1a with a final mix, so that neighbouring ids spread evenly.
    private static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ hash >> 33) &* 0xc4ce_b9fe_1a85_ec53
        return hash ^ hash >> 33
    }
}
