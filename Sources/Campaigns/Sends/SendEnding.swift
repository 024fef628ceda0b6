// SPDX-License-Identifier: Apache-2.0
internal import Tasks

/// How a send ends in words.
///
/// Pure.
struct SendEnding {
    private let ledger: SendLedger
    private let stopper: String?

    init(_ ledger: SendLedger, stoppedBy stopper: String?) {
        self.ledger = ledger
        self.stopper = stopper
    }

    func ending() throws -> TaskEnding {
        let isClean = ledger.inErrorTotal == 0 && ledger.inDoubt == 0
        let status: TaskStatus = stopper != nil || isClean ? .completed : .error
        return try TaskEnding(status, words, result: ledger)
    }

    private var words: String {
        let head =
            "\(ledger.targeted) targeted, \(ledger.sent) sent, \(ledger.notSent) not sent "
            + "(\(ledger.filteredTotal) filtered, \(ledger.inErrorTotal) in error, "
            + "\(ledger.inDoubt) in doubt, \(ledger.stopped) stopped)."
        return stopper.map { "Stopped by \($0): \(head)" } ?? head
    }
}
