// SPDX-License-Identifier: Apache-2.0
internal import Audience
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
struct Addressee: Sendable {
    var profile: ProfileID
    /// Whether the definition of the campaign's target means anything.
    var isTargetValid = true
    /// Whether the person matches the search that the campaign is limited to.
    var isMatching = true
    /// Whether the profile still exists in the campaign's table.
    var isInTable = false
    /// The address or number; nil when there is none.
    var address: String?
    /// The address's hash (`ContactChannel.hash(of:)`), where it is known already.
    var hash: UInt64?
    /// The channel's permission; null counts as no.
    var isPermitted = false
    /// Whether the person is subscribed to the linked list and confirmed; true without a list.
    var isSubscribed = true
    /// Whether the address is on the do-not-contact list.
    var isBlocked = false
    /// For what the address is in quarantine.
    var quarantine: Set<QuarantineCause> = []
    /// How many messages the person got; nil for none, or when nothing is limited.
    var pressure: PressureTally?
    /// The time zone that the profile names.
    var zone: String?
    /// What the rules that look at the person alone say, where they were asked already.
    var judgement: Judgement?

    /// What the rules that look at a person alone say of a mail to them.
    struct Judgement: Sendable {
        /// Why the person is left out, whoever else gets the message.
        var status: EmailStatus?
        var isInControlSample = false
    }
}

/// Decides who is left out when a send is planned; the first rule that applies counts.
///
/// Pure.
struct Eligibility: Sendable {
    let campaign: CampaignID
    let rules: CampaignRules
    /// The service domains, in lower case.
    var domains: Set<String> = []
    /// How many messages a person may get; nil when the campaign keeps to no limit.
    var limits: PressureLimits?
    /// The calendar periods in which the send is planned.
    var periods = PressurePeriods(Day(number: 0))
    /// How many more profiles the campaign may reach without filters; nil when it has filters.
    var quotaLeft: Int?
    private var used: Set<UInt64> = []

    init(campaign: CampaignID, rules: CampaignRules) {
        self.campaign = campaign
        self.rules = rules
    }

    /// The status by which a person is left out; nil when the message goes to them.
    mutating func status(of person: Addressee) -> EmailStatus? {
        let judgement = person.judgement ?? judgement(of: person)
        if let status = judgement.status { return status }
        guard person.hash.map({ use($0) }) ?? use(person.address ?? "") else {
            return .duplicateEmailAddress
        }
        guard !isPressed(person) else { return .commercialPressure }
        if rules.unfilteredQuota == nil {
            return judgement.isInControlSample ? .controlSample : nil
        }
        return takeQuota() ? nil : .noFilterLimitReached
    }

    /// What the rules say of a person that do not depend on who else gets the message.
    func judgement(of person: Addressee) -> Addressee.Judgement {
        if let status = ownStatus(of: person) { return Addressee.Judgement(status: status) }
        return Addressee.Judgement(isInControlSample: isInControlSample(person.profile))
    }

    private func ownStatus(of person: Addressee) -> EmailStatus? {
        guard person.isTargetValid else { return .invalidTargetGroup }
        guard person.isInTable else { return .recipientNotInTargetGroupTable }
        guard isWanted(person) else { return .recipientNotInTargetGroup }
        guard let address = person.address, !address.isEmpty else { return .noEmailAddress }
        guard EmailAddress.isValid(address) else { return .invalidEmailAddress }
        return standing(of: person, address)
    }

    /// What is known of the address itself, not of its person.
    private func standing(of person: Addressee, _ address: String) -> EmailStatus? {
        guard !person.isBlocked, !person.quarantine.contains(.complaint) else {
            return .blacklistedByRecipient
        }
        guard domains.isEmpty || !domains.contains(Eligibility.domain(of: address)) else {
            return .catchAllDomain
        }
        guard !person.quarantine.contains(.hardBounce) else { return .quarantinePermanent }
        return person.quarantine.contains(.softBounce) ? .quarantineTemporary : nil
    }

    /// Whether the person wants the message and matches; whoever sends without filters reaches people
    /// who opted out, within a quota.
    func isWanted(_ person: Addressee) -> Bool {
        let isUnfiltered = rules.unfilteredQuota != nil
        return person.isMatching && (isUnfiltered || person.isPermitted && person.isSubscribed)
    }

    /// Whether the person had as many messages as the table allows.
    func isPressed(_ person: Addressee) -> Bool {
        limits?.areExceeded(by: rules.pressureWeight, after: person.pressure, in: periods) ?? false
    }

    private mutating func takeQuota() -> Bool {
        guard let left = quotaLeft else { return true }
        guard left > 0 else { return false }
        quotaLeft = left - 1
        return true
    }

    private static func domain(of address: String) -> String {
        address.utf8.lastIndex(of: UInt8(ascii: "@"))
            .map { address[address.utf8.index(after: $0)...].lowercased() } ?? ""
    }

    /// Notes that an address has a recipient; false when it had one already.
    @discardableResult
    mutating func use(_ address: String) -> Bool { use(ContactChannel.email.hash(of: address)) }

    /// Notes that the address of a hash has a recipient; false when it had one already.
    private mutating func use(_ hash: UInt64) -> Bool {
        !rules.sendsOncePerAddress || used.insert(hash).inserted
    }

    /// A share of all profiles that is the same each time for a profile and a campaign.
    func isInControlSample(_ profile: ProfileID) -> Bool {
        guard rules.controlPercent > 0 else { return false }
        let place = Double(StableHash.of("\(campaign)/\(profile)") >> 11) / Double(1 << 53)
        return place * 100 < rules.controlPercent
    }
}
