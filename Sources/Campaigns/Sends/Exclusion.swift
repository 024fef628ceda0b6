// SPDX-License-Identifier: Apache-2.0

/// The statuses of text messages that were not sent (spec/campaigns.md, "Eligibility"), in the order
/// in which they are judged.
public enum SMSStatus: String, Sendable, Codable, CaseIterable {
    /// The person opted out, is not in the table, or no longer matches.
    case recipientNotInTargetGroup = "RECIPIENT_NOT_IN_TARGET_GROUP"
    /// The profile has no number.
    case missingPhoneNumber = "MISSING_PHONE_NUMBER"
    /// The number is not 8 to 15 digits with its country code.
    case badFormatPhoneNumber = "BAD_FORMAT_PHONE_NUMBER"
    /// The person answered STOP, the number was found unknown, or is never to be contacted.
    case quarantine = "QUARANTINE"
    /// The person had as many messages in the period as the profile table allows.
    case commercialPressure = "COMMERCIAL_PRESSURE"
    /// The person is in the campaign's control sample.
    case controlSample = "CONTROL_SAMPLE"
    /// There is nothing to say in the profile's language.
    case noMessage = "NO_MESSAGE"
    /// A personalisation value is missing without default.
    case unresolvedVariable = "UNRESOLVED_VARIABLE"
    /// The text could not be made.
    case errorGeneratingMessage = "ERROR_GENERATING_MESSAGE"
    /// The text takes several parts, and the campaign allows one.
    case invalidMessageLength = "INVALID_MESSAGE_LENGTH"
    /// No account for text messages is set up.
    case noAccount = "NO_ACCOUNT"
    /// The credit is used up.
    case notEnoughMoney = "NOT_ENOUGH_MONEY"
    /// Nobody took the message after all tries.
    case errorContactingProvider = "ERROR_CONTACTING_PROVIDER"

    /// The category that the status belongs to; a missing number is an error, unlike a missing
    /// address.
    public var category: NotSentCategory {
        switch self {
        case .quarantine, .commercialPressure, .controlSample: .filtered
        case .recipientNotInTargetGroup, .missingPhoneNumber, .badFormatPhoneNumber, .noMessage,
            .unresolvedVariable, .errorGeneratingMessage, .invalidMessageLength, .noAccount,
            .notEnoughMoney, .errorContactingProvider:
            .inError
        }
    }
}

/// Why someone is not in the file of a campaign for print, a call center or an audience.
public enum FileStatus: String, Sendable, Codable, CaseIterable {
    /// The target's definition itself is invalid.
    case invalidTargetGroup = "INVALID_TARGET_GROUP"
    /// The profile is not in the campaign's table.
    case recipientNotInTargetGroupTable = "RECIPIENT_NOT_IN_TARGET_GROUP_TABLE"
    /// The person is not on the linked list.
    case recipientNotInTargetGroup = "RECIPIENT_NOT_IN_TARGET_GROUP"
    /// The person had as many messages as the table allows.
    case commercialPressure = "COMMERCIAL_PRESSURE"
    /// The person is in the campaign's control sample.
    case controlSample = "CONTROL_SAMPLE"
    /// Anything else.
    case otherError = "OTHER_ERROR"

    /// The category that the status belongs to.
    public var category: NotSentCategory {
        switch self {
        case .commercialPressure, .controlSample: .filtered
        case .invalidTargetGroup, .recipientNotInTargetGroupTable, .recipientNotInTargetGroup,
            .otherError:
            .inError
        }
    }
}

/// Why someone is not sent a message, by its channel.
enum Exclusion: Sendable, Hashable {
    case email(EmailStatus)
    case sms(SMSStatus)
    case file(FileStatus)

    /// No relay took the mail.
    static let emailSendingError = Exclusion.email(.emailSendingError)

    /// The status, as it is kept.
    var status: String {
        switch self {
        case .email(let status): status.rawValue
        case .sms(let status): status.rawValue
        case .file(let status): status.rawValue
        }
    }

    /// The category, as it is kept.
    var category: NotSentCategory {
        switch self {
        case .email(let status): status.category
        case .sms(let status): status.category
        case .file(let status): status.category
        }
    }

    /// What it comes to when nobody takes a message.
    static func undeliverable(_ channel: Channel) -> Exclusion {
        switch channel {
        case .email: .emailSendingError
        case .sms: .sms(.errorContactingProvider)
        case .print, .callCenter, .customAudience: .file(.otherError)
        }
    }
}

extension Eligibility {
    /// Why a person is left out on a channel; nil when the message goes to them.
    mutating func exclusion(of person: Addressee, on channel: Channel) -> Exclusion? {
        switch channel {
        case .email: status(of: person).map { .email($0) }
        case .sms: textStatus(of: person).map { .sms($0) }
        case .print, .callCenter, .customAudience: fileStatus(of: person).map { .file($0) }
        }
    }

    /// The status by which a person is left out of a text message; several may share a phone.
    func textStatus(of person: Addressee) -> SMSStatus? {
        guard person.isTargetValid, person.isInTable, isWanted(person) else {
            return .recipientNotInTargetGroup
        }
        guard let number = person.address, !number.isEmpty else { return .missingPhoneNumber }
        guard Eligibility.isNumber(number) else { return .badFormatPhoneNumber }
        guard !person.isBlocked, person.quarantine.isEmpty else { return .quarantine }
        guard !isPressed(person) else { return .commercialPressure }
        return isInControlSample(person.profile) ? .controlSample : nil
    }

    /// The status by which a person is left out of a file: no address is needed for it.
    func fileStatus(of person: Addressee) -> FileStatus? {
        guard person.isTargetValid else { return .invalidTargetGroup }
        guard person.isInTable else { return .recipientNotInTargetGroupTable }
        guard isWanted(person) else { return .recipientNotInTargetGroup }
        guard !isPressed(person) else { return .commercialPressure }
        return isInControlSample(person.profile) ? .controlSample : nil
    }

    /// E.164 digits with country code (spec/audience.md).
    static func isNumber(_ text: String) -> Bool {
        (8...15).contains(text.utf8.count) && text.utf8.first != UInt8(ascii: "0")
            && text.utf8.allSatisfy { (48...57).contains($0) }
    }
}
