// SPDX-License-Identifier: Apache-2.0
import Campaigns

/// The ledger of a send: everyone targeted stands in exactly one line.
struct SendLedgerPart: Part {
    let ledger: SendLedger
    let place: String
    let generate: HTML

    init(_ ledger: SendLedger, place: String, generate: HTML = .nothing) {
        (self.ledger, self.place, self.generate) = (ledger, place, generate)
    }

    func html(_ view: View) -> HTML {
        func href(_ query: String, _ count: Int) -> String? {
            count > 0 ? "\(place)?\(query)" : nil
        }
        var lines: [Breakdown.Line] = [
            .init("Targeted", ledger.targeted, nil, href: href("", ledger.targeted), isSum: true),
            .init("Sent", ledger.sent, "good", href: href("state=sent", ledger.sent)),
        ]
        if ledger.pending > 0 { lines.append(.init("Pending", ledger.pending, "rest")) }
        var excluded = Breakdown.Line(
            "Not sent: excluded and failed",
            ledger.notSent,
            nil,
            href: href("state=notSent", ledger.notSent),
            isSum: true
        )
        excluded.side = generate
        lines.append(excluded)
        for (status, count) in ledger.filtered.sorted(by: { $0.key < $1.key }) {
            lines.append(
                .init(
                    "Filtered: \(Reason.words(status))",
                    count,
                    "warn",
                    href: href("status=\(status)", count)
                )
            )
        }
        for (status, count) in ledger.inError.sorted(by: { $0.key < $1.key }) {
            lines.append(
                .init(
                    "In error: \(Reason.words(status))",
                    count,
                    "bad",
                    href: href("status=\(status)", count)
                )
            )
        }
        if ledger.inDoubt > 0 {
            lines.append(
                .init("In doubt", ledger.inDoubt, "c3", href: href("state=inDoubt", ledger.inDoubt))
            )
        }
        if ledger.stopped > 0 {
            lines.append(
                .init(
                    "Stopped",
                    ledger.stopped,
                    "rest",
                    href: href("state=stopped", ledger.stopped)
                )
            )
        }
        if ledger.bounced > 0 {
            lines.append(
                .init(
                    "Of those sent, bounced",
                    ledger.bounced,
                    nil,
                    href: href("state=bounced", ledger.bounced)
                )
            )
        }
        return Breakdown(title: "Recipients", total: ledger.targeted, lines: lines).html(view)
    }
}

/// Reasons in words that people read.
enum Reason {
    /// `control sample` for `CONTROL_SAMPLE`.
    static func words(_ status: String) -> String {
        status.lowercased().replacing("_", with: " ").replacing("email", with: "e-mail")
    }
}
