// SPDX-License-Identifier: Apache-2.0

extension DeliveryReport {
    /// What became of the message, by the tables below.
    ///
    /// An error code is more precise than the state, which is more precise than the kind.
    public var outcome: Outcome {
        let word = (state ?? "").uppercased()
        if let known = DeliveryReport.states[word] {
            guard case .failed = known, let precise else { return known }
            return .failed(precise)
        }
        switch kind {
        case 1: return .delivered
        case 2, 16: return .failed(precise ?? .otherProviderError)
        case 4, 8: return .underWay
        default: return word.isEmpty ? .underWay : .failed(precise ?? .otherProviderError)
        }
    }

    /// The failure that the error code names; nil when it names none.
    private var precise: TextFailure? {
        let code = (error ?? "").uppercased()
        if let known = DeliveryReport.errors[DeliveryReport.withoutZeros(code)] { return known }
        // The status of a refusal, such as 0x0000000b/Invalid Destination Address (SMPP 3.4, 5.1.3).
        let status = code.split(separator: "/").first ?? ""
        guard status.hasPrefix("0X"), Int(status.dropFirst(2), radix: 16) == 0x0B else {
            return nil
        }
        return .unknownPhoneNumber
    }

    private static func withoutZeros(_ code: String) -> String { String(code.drop { $0 == "0" }) }

    /// SMPP 3.4, appendix B, and the words of other gateways.
    private static let states: [String: Outcome] = [
        "DELIVRD": .delivered, "DELIVERED": .delivered,
        "ACCEPTD": .underWay, "ACCEPTED": .underWay, "ENROUTE": .underWay, "BUFFERED": .underWay,
        "QUEUED": .underWay, "SENT": .underWay, "SUBMITTED": .underWay,
        "EXPIRED": .failed(.expired),
        "UNDELIV": .failed(.otherProviderError), "UNDELIVERABLE": .failed(.otherProviderError),
        "UNDELIVERED": .failed(.otherProviderError), "FAILED": .failed(.otherProviderError),
        "REJECTD": .failed(.otherProviderError), "REJECTED": .failed(.otherProviderError),
        "DELETED": .failed(.otherProviderError), "UNKNOWN": .failed(.otherProviderError),
        "UNKNOWN_NUMBER": .failed(.unknownPhoneNumber),
        "UNKNOWN_SUBSCRIBER": .failed(.unknownPhoneNumber),
        "ABSENT": .failed(.deviceTurnedOff), "ABSENT_SUBSCRIBER": .failed(.deviceTurnedOff),
        "DEVICE_OFF": .failed(.deviceTurnedOff), "UNREACHABLE": .failed(.deviceTurnedOff),
    ]

    /// The errors of a mobile network (3GPP TS 29.002, 17.6.6; decimal, as most operators give them
    /// in receipts), without leading zeros.
    private static let errors: [String: TextFailure] = [
        // Unknown and unidentified subscriber.
        "1": .unknownPhoneNumber, "5": .unknownPhoneNumber,
        // Absent subscriber, for short messages and for all.
        "6": .deviceTurnedOff, "27": .deviceTurnedOff,
    ]
}
