// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

extension SendLedger {
    /// The ledger by the counts that are kept while a send goes on.
    ///
    /// What came back is counted by recipients, and so is what was refused at hand-over.
    init(_ totals: CampaignTotals) {
        self.init()
        (targeted, sent) = (totals[.targeted], totals[.sent] + totals[.ready])
        (bounced, inDoubt, stopped) = (totals[.bounce], totals[.inDoubt], totals[.stopped])
        filtered = totals.details(of: .filtered)
        inError = totals.details(of: .inError)
        pending = max(0, totals.pending)
    }
}

extension SendStore {
    /// The ledger of a send by its counts: what is looked at again and again while it goes on, where
    /// ``ledger(of:in:)`` would read a contact of each recipient.
    public func countedLedger(
        of send: SendID,
        in connection: Connection
    ) throws -> SendLedger {
        SendLedger(try totals(of: send, in: connection))
    }
}
