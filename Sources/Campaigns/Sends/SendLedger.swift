// SPDX-License-Identifier: Apache-2.0

/// The ledger of a send (promise 1): everyone targeted stands in exactly one place.
public struct SendLedger: Sendable, Hashable, Codable {
    /// Everyone in the audience.
    public var targeted = 0
    /// Handed over.
    public var sent = 0
    /// Of those, refused for good at hand-over.
    public var bounced = 0
    /// Left out by a rule, by status.
    public var filtered: [String: Int] = [:]
    /// Left out by something that is wrong, by status.
    public var inError: [String: Int] = [:]
    /// In flight when the program stopped: listed, never resent by itself.
    public var inDoubt = 0
    /// Never sent, because someone stopped the send.
    public var stopped = 0
    /// Not yet decided.
    public var pending = 0

    /// Makes an empty ledger.
    public init() {}

    /// Everyone who was not sent the message.
    public var notSent: Int { filteredTotal + inErrorTotal + inDoubt + stopped }

    /// Everyone left out by a rule.
    public var filteredTotal: Int { filtered.values.reduce(0, +) }

    /// Everyone left out by something that is wrong.
    public var inErrorTotal: Int { inError.values.reduce(0, +) }

    /// Whether everyone stands in exactly one place.
    public var closes: Bool { targeted == sent + notSent + pending }

    /// The lines that people see.
    public var lines: [(label: String, count: Int)] {
        var lines = [("Targeted", targeted), ("Sent", sent), ("Not sent", notSent)]
        lines += [("  Filtered", filteredTotal)]
        lines += filtered.sorted { $0.key < $1.key }.map { ("    \($0.key)", $0.value) }
        lines += [("  In error", inErrorTotal)]
        lines += inError.sorted { $0.key < $1.key }.map { ("    \($0.key)", $0.value) }
        lines += [("  In doubt", inDoubt), ("  Stopped", stopped)]
        if pending > 0 { lines.append(("Pending", pending)) }
        return lines.map { (label: $0.0, count: $0.1) }
    }
}
