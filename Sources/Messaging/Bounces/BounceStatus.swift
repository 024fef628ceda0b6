// SPDX-License-Identifier: Apache-2.0

/// How a mail came back (spec/campaigns.md, "Bounces").
public enum BounceStatus: String, Sendable, Codable, CaseIterable {
    /// There is no such domain.
    case unknownDomain = "UNKNOWN_DOMAIN"
    /// The domain has no such mailbox.
    case unknownUser = "UNKNOWN_USER"
    /// Refused for good for another reason.
    case otherHardBounce = "OTHER_HARD_BOUNCE"
    /// The mailbox is full.
    case quotaExceeded = "QUOTA_EXCEEDED"
    /// Refused for now for another reason.
    case otherSoftBounce = "OTHER_SOFT_BOUNCE"

    /// Whether another mail to the address is no use.
    public enum Category: String, Sendable, Codable, CaseIterable {
        /// The address is of no use.
        case hard = "HARD_BOUNCE"
        /// The address may take mail again later.
        case soft = "SOFT_BOUNCE"
    }

    /// The category that the status belongs to.
    public var category: Category {
        switch self {
        case .unknownDomain, .unknownUser, .otherHardBounce: .hard
        case .quotaExceeded, .otherSoftBounce: .soft
        }
    }
}

extension BounceStatus {
    /// The status of an enhanced status code (RFC 3463, sections 2 and 3).
    ///
    /// A full mailbox is soft even if the code is one of class 5: the address exists.
    public init(_ code: EnhancedStatusCode) {
        switch (code.subject, code.detail) {
        case (2, 2): self = .quotaExceeded
        case _ where code.statusClass != 5: self = .otherSoftBounce
        // 1.2: bad destination system; 1.10: null MX (RFC 7505); 4.4: unable to route.
        case (1, 2), (1, 10), (4, 4): self = .unknownDomain
        // 1.1: bad mailbox; 1.3: bad syntax of it; 1.6: moved without forwarding.
        case (1, 0), (1, 1), (1, 3), (1, 6): self = .unknownUser
        default: self = .otherHardBounce
        }
    }

    /// The status of a refusal for good at hand-over: by the enhanced code at the beginning of the
    /// reply (RFC 2034), else by the reply code (RFC 5321, section 4.2.3).
    public init(_ refusal: DeliveryResult.Refusal) {
        if let code = EnhancedStatusCode(beginning: refusal.reply) {
            self.init(code)
            return
        }
        switch (refusal.stage, refusal.code) {
        case (.recipient, 550), (.recipient, 551), (.recipient, 553): self = .unknownUser
        case (.recipient, 552): self = .quotaExceeded
        default: self = .otherHardBounce
        }
    }
}

/// An enhanced mail system status code, such as 5.1.1 (RFC 3463, section 2).
public struct EnhancedStatusCode: Sendable, Hashable, CustomStringConvertible {
    /// 2 for success, 4 for a passing failure, 5 for a lasting one.
    public let statusClass: Int
    /// What it is about: 1 addresses, 2 mailboxes, 3 the mail system, 4 routing, 5 the protocol, 6
    /// content, 7 policy.
    public let subject: Int
    /// What it is in detail.
    public let detail: Int

    /// A code of its three numbers; nil when there is no such class or a number is too long.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part -> Int? in
            guard (1...3).contains(part.utf8.count),
                part.utf8.allSatisfy({ (48...57).contains($0) })
            else { return nil }
            return Int(part)
        }
        guard parts.count == 3, numbers.count == 3, [2, 4, 5].contains(numbers[0]) else {
            return nil
        }
        (statusClass, subject, detail) = (numbers[0], numbers[1], numbers[2])
    }

    /// The code at the beginning of a reply's words; nil when there is none.
    public init?(beginning words: String) {
        guard let first = words.split(whereSeparator: { $0 == " " || $0.isNewline }).first else {
            return nil
        }
        self.init(first)
    }

    /// The three numbers with dots between them.
    public var description: String { "\(statusClass).\(subject).\(detail)" }
}
