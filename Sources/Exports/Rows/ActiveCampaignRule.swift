// SPDX-License-Identifier: Apache-2.0
import Common

/// Whether a campaign counts for an event, as a pure rule (spec/exports.md, "Windows").
///
/// It is judged at the event's own moment, so that a file that comes late holds the same rows.
struct ActiveCampaignRule {
    /// How long a campaign counts after it has finished or was sent.
    static let grace = Span.hours(31 * 24)

    let kind: String
    let activatedAt: Instant?
    let finishedAt: Instant?

    /// A draft, which never was activated, does not count.
    func includes(eventAt moment: Instant) -> Bool {
        guard let activatedAt else { return false }
        switch kind {
        case "scenarized", "transactional":
            guard let finishedAt, finishedAt <= moment else { return true }
            return moment - finishedAt < ActiveCampaignRule.grace
        default:
            return moment - activatedAt < ActiveCampaignRule.grace
        }
    }
}
