// SPDX-License-Identifier: Apache-2.0
public import Common

/// Whom a campaign leaves out (spec/campaigns.md, "Eligibility").
public struct CampaignRules: Sendable, Hashable, Codable {
    /// Whether each address gets the message once, whoever shares it.
    public var sendsOncePerAddress: Bool
    /// The share of people who get nothing, for comparison, in percent.
    public var controlPercent: Double
    /// The saved search that recipients must match when a send is planned; nil for none.
    public var search: SearchID?
    /// Whether the campaign goes out whatever the commercial pressure, and adds nothing to it.
    public var isExemptFromPressure: Bool
    /// As how many messages one of this campaign counts for the commercial pressure.
    public var pressureWeight: Int
    /// How many profiles a calendar day a transactional campaign may reach that opted out, are not on
    /// the linked list, or had enough messages; nil when these filters hold.
    public var unfilteredQuota: Int?

    /// Makes rules: every address once, no control sample, no search, messages that count one.
    public init(
        sendsOncePerAddress: Bool = true,
        controlPercent: Double = 0,
        search: SearchID? = nil,
        isExemptFromPressure: Bool = false,
        pressureWeight: Int = 1,
        unfilteredQuota: Int? = nil
    ) {
        self.sendsOncePerAddress = sendsOncePerAddress
        self.controlPercent = controlPercent
        self.search = search
        self.isExemptFromPressure = isExemptFromPressure
        self.pressureWeight = pressureWeight
        self.unfilteredQuota = unfilteredQuota
    }

    /// Whether the commercial pressure concerns the campaign at all.
    public var countsPressure: Bool { !isExemptFromPressure && unfilteredQuota == nil }

    /// Checks the rules of a campaign.
    ///
    /// - Throws: ``CampaignError/badControlShare``, ``CampaignError/refused(attribute:reason:)``.
    public func check(_ kind: CampaignKind, _ channel: Channel) throws {
        guard (0...100).contains(controlPercent) else { throw CampaignError.badControlShare }
        guard (0...1_000).contains(pressureWeight) else {
            throw refused("the weight of a message is a number from 0 to 1000")
        }
        guard let quota = unfilteredQuota else { return }
        guard kind == .transactional, channel == .email else {
            throw refused("only a transactional e-mail campaign can do without filters")
        }
        guard (1...1_000_000_000).contains(quota) else {
            throw refused("the quota of unfiltered profiles is a number from 1")
        }
    }

    private func refused(_ reason: String) -> CampaignError {
        .refused(attribute: "rules", reason: reason)
    }
}

extension CampaignRules {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case sendsOncePerAddress, controlPercent, search, isExemptFromPressure, pressureWeight
        case unfilteredQuota
    }

    /// Reads rules; what is absent is as in a campaign without rules, and an unknown rule is an error.
    public init(from decoder: any Decoder) throws {
        let given = try decoder.singleValueContainer().decode([String: JSONValue].self)
        let known = Set(CodingKeys.allCases.map(\.rawValue))
        if let unknown = given.keys.sorted().first(where: { !known.contains($0) }) {
            let problem = "there is no rule \(unknown)"
            throw DecodingError.dataCorrupted(
                .init(codingPath: [UnknownRule(stringValue: unknown)], debugDescription: problem)
            )
        }
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            sendsOncePerAddress: try values.decodeIfPresent(Bool.self, forKey: .sendsOncePerAddress)
                ?? true,
            controlPercent: try values.decodeIfPresent(Double.self, forKey: .controlPercent) ?? 0,
            search: try values.decodeIfPresent(SearchID.self, forKey: .search),
            isExemptFromPressure: try values.decodeIfPresent(
                Bool.self,
                forKey: .isExemptFromPressure
            ) ?? false,
            pressureWeight: try values.decodeIfPresent(Int.self, forKey: .pressureWeight) ?? 1,
            unfilteredQuota: try values.decodeIfPresent(Int.self, forKey: .unfilteredQuota)
        )
    }

    private struct UnknownRule: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
