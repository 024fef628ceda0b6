// SPDX-License-Identifier: Apache-2.0

/// Why an operator did not deliver a text message (spec/campaigns.md, "Eligibility", "Bounces").
public enum TextFailure: String, Sendable, Codable, CaseIterable {
    /// The number does not exist, says the operator.
    case unknownPhoneNumber = "UNKNOWN_PHONE_NUMBER"
    /// Its lifetime was over, also for want of the subscriber's credit.
    case expired = "EXPIRED"
    /// The phone was off or not to be located.
    case deviceTurnedOff = "DEVICE_TURNED_OFF"
    /// The rest.
    case otherProviderError = "OTHER_PROVIDER_ERROR"

    /// The category of all of them.
    public static let category = "DELIVERY_FAILED"
}

/// What an operator reports of a text message, through its gateway.
public struct DeliveryReport: Sendable, Hashable {
    /// The kind that Kannel gives it (`%d`): 1 delivered, 2 not delivered, 4 queued, 8 taken by the
    /// operator, 16 refused by the operator; nil from other gateways.
    public var kind: Int?
    /// The state in the operator's word: `DELIVRD`, `UNDELIV` (SMPP 3.4, appendix B), or another
    /// gateway's.
    public var state: String?
    /// The operator's error code, which is empty or zero when there is none.
    public var error: String?

    /// A report.
    public init(kind: Int? = nil, state: String? = nil, error: String? = nil) {
        self.kind = kind
        self.state = state
        self.error = error
    }

    /// A report in Kannel's words: the kind (`%d`), the operator's receipt (`%A`).
    ///
    /// The receipt has the form `id:… stat:UNDELIV err:001 text:…` (SMPP 3.4, appendix B), or
    /// begins with `NACK/` and the operator's status when the message was refused.
    public init(kannelKind: Int?, receipt: String) {
        kind = kannelKind
        if receipt.hasPrefix("NACK/") {
            error = String(receipt.dropFirst(5))
        } else {
            state = DeliveryReport.field("stat", of: receipt)
            error = DeliveryReport.field("err", of: receipt)
        }
    }

    /// The value behind a field's name and colon, up to a blank.
    private static func field(_ name: String, of receipt: String) -> String? {
        for word in receipt.split(separator: " ") where word.lowercased().hasPrefix(name + ":") {
            let value = word.dropFirst(name.count + 1)
            return value.isEmpty ? nil : String(value)
        }
        return nil
    }

    /// What became of the message.
    public enum Outcome: Sendable, Hashable {
        /// It is on its way still.
        case underWay
        /// It arrived.
        case delivered
        /// It did not arrive.
        case failed(TextFailure)
    }
}
