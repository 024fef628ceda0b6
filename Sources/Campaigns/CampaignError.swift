// SPDX-License-Identifier: Apache-2.0
public import Common

/// What can go wrong in the Campaigns room.
public enum CampaignError: Error, Hashable, CustomStringConvertible, RetryAdvising {
    /// There is no such campaign.
    case noSuchCampaign(String)
    /// The campaign is not active.
    case notActive(String)
    /// The campaign is a one-shot one and was sent.
    case sentOnce(String)
    /// The campaign is not one that other systems may start.
    case notTriggerable(String)
    /// The campaign works over another profile table.
    case otherTable(campaign: String, table: String)
    /// There is no trigger that could be stopped.
    case noPendingTrigger
    /// There is no such send.
    case noSuchSend
    /// The send has not ended yet.
    case stillSending
    /// Nothing was left out, so there is nothing to report.
    case nothingExcluded
    /// The ledger of a send does not close; the send is not completed.
    case ledgerOpen(String)
    /// The share of the control sample is out of range.
    case badControlShare
    /// There is no such message.
    case noSuchMessage(StoredMessageID)
    /// A scheduled send uses the message, so that it stays as it is.
    case messageInUse(StoredMessageID, by: ScheduledSendID)
    /// There is no such scheduled send.
    case noSuchScheduledSend(ScheduledSendID)
    /// The campaign hands over no file.
    case noFile(String)
    /// There is no such relay.
    case noSuchRelay(String)
    /// There is no such split test.
    case noSuchSplitTest(SplitTestID)
    /// There is no such webhook.
    case noSuchWebhook(WebhookID)
    /// There is no such account with a gateway of text messages.
    case noSuchSMSAccount(SMSAccountID)
    /// A receiver did not take a message, in words; final when another try cannot help.
    case undelivered(String, isFinal: Bool)
    /// A value is well-formed, and not acceptable as things stand; the attribute has the name that
    /// the API gives it.
    case refused(attribute: String, reason: String)

    /// A sentence that is safe to print.
    public var description: String {
        switch self {
        case .noSuchCampaign(let name): "there is no campaign \(name)"
        case .notActive(let name): "the campaign \(name) is not active"
        case .sentOnce(let name): "the campaign \(name) is a one-shot one and was sent already"
        case .notTriggerable(let name):
            "the campaign \(name) is not API-triggered: it must be scenarized or transactional"
        case .otherTable(let campaign, let table):
            "the campaign \(campaign) works over another profile table than \(table)"
        case .noPendingTrigger: "no trigger of this import is pending"
        case .noSuchSend: "there is no such send"
        case .stillSending: "the send has not ended yet"
        case .nothingExcluded: "nobody was left out, so there is nothing to report"
        case .ledgerOpen(let words): "the ledger does not close: \(words)"
        case .badControlShare: "the control sample is a share from 0 to 100 percent"
        case .noSuchMessage(let id): "there is no message \(id)"
        case .messageInUse(let id, let user):
            "the message \(id) is used by the scheduled send \(user) and stays as it is"
        case .noSuchScheduledSend(let id): "there is no scheduled send \(id)"
        case .noFile(let name): "the campaign \(name) hands over no file"
        case .noSuchRelay(let name): "there is no relay \(name)"
        case .noSuchSplitTest(let id): "there is no split test \(id)"
        case .noSuchWebhook(let id): "there is no webhook \(id)"
        case .noSuchSMSAccount(let id): "there is no SMS account \(id)"
        case .undelivered(let words, _): words
        case .refused(let attribute, let reason): "\(attribute): \(reason)"
        }
    }

    /// Nothing of this mends itself, but for a receiver.
    public var retryAdvice: RetryAdvice {
        if case .undelivered(_, isFinal: false) = self { .later } else { .never }
    }
}
