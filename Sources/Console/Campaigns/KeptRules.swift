// SPDX-License-Identifier: Apache-2.0
import Campaigns

/// What the API can say of a campaign and its form cannot: shown beside it, and kept when it is saved.
enum KeptRules {
    /// The rules that are not as in a campaign without rules.
    static func facts(_ campaign: Campaign) -> [(label: String, value: HTML)] {
        let rules = campaign.rules
        var facts: [(label: String, value: HTML)] = []
        if campaign.initiation == .schedule { facts.append(("Starts", "by a schedule")) }
        if let search = rules.search {
            facts.append(
                ("Only who matches", link("Search \(search)", "/console/searches/\(search)"))
            )
        }
        if rules.isExemptFromPressure {
            facts.append(("Commercial pressure", "does not hold it back"))
        }
        if rules.pressureWeight != CampaignRules().pressureWeight {
            facts.append(("Counts as", HTML(escaping: "\(rules.pressureWeight) messages")))
        }
        if let quota = rules.unfilteredQuota {
            let words = "\(TimeText.count(quota)) people a day at most"
            facts.append(("Goes out without filters to", HTML(escaping: words)))
        }
        return facts
    }

    /// A section with them, when there are any.
    static func parts(_ campaign: Campaign?) -> [any Part] {
        let facts = campaign.map { KeptRules.facts($0) } ?? []
        guard !facts.isEmpty else { return [] }
        return [
            Section(
                "Also holds",
                note: "Set by the API; it stays when the draft is saved.",
                [Facts(facts)]
            )
        ]
    }
}
