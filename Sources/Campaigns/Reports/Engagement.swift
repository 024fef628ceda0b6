// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// What became of messages after the send, and why others were not sent (spec/imports.md, "Import
/// triggers").
///
/// Read from the counts that are kept as things happen, so it moves with what arrives later.
public struct Engagement: Sendable, Hashable, Codable {
    /// Handed over and not refused: sent less bounced.
    public var delivered: Int
    /// What came back.
    public var bounced: Int
    /// Recipients who opened the message.
    public var opened: Int
    /// Recipients who clicked a link.
    public var clicked: Int
    /// Recipients who unsubscribed by the message.
    public var unsubscribed: Int
    /// Recipients who complained.
    public var complained: Int
    /// Those left out by something that was wrong, by status.
    public var failures: [String: Int]
    /// Those left out by a rule, by status.
    public var exclusions: [String: Int]

    /// Sums up the counts of sends.
    public init(_ totals: [CampaignTotals]) {
        func sum(_ name: CampaignMeasure.Name) -> Int { totals.reduce(0) { $0 + $1[name] } }
        bounced = sum(.bounce)
        delivered = sum(.sent) - bounced
        opened = sum(.open)
        clicked = sum(.click)
        unsubscribed = sum(.unsubscription)
        complained = sum(.complaint)
        failures = Engagement.sum(totals.map { $0.details(of: .inError) })
        exclusions = Engagement.sum(totals.map { $0.details(of: .filtered) })
    }

    /// The numbers that people see.
    public var lines: [String] {
        [
            "Delivered: \(delivered)", "Opened: \(opened)", "Clicked: \(clicked)",
            "Bounced: \(bounced)", "Unsubscribed: \(unsubscribed)", "Complained: \(complained)",
        ]
    }

    /// Why others were not sent the message, which a ledger beside the numbers says as well.
    public var reasons: [String] {
        Engagement.listed("Failures", failures) + Engagement.listed("Exclusions", exclusions)
    }

    private static func sum(_ counts: [[String: Int]]) -> [String: Int] {
        counts.reduce(into: [:]) { total, counts in total.merge(counts, uniquingKeysWith: +) }
    }

    private static func listed(_ title: String, _ counts: [String: Int]) -> [String] {
        guard !counts.isEmpty else { return [] }
        return [title + ":"]
            + counts.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }
    }
}

extension SendStore {
    /// The engagement of a send.
    public func engagement(of send: SendID, in connection: Connection) throws -> Engagement {
        Engagement([try totals(of: send, in: connection)])
    }
}

extension ImportTriggerStore {
    /// The engagement of everything that an import task triggered, replays included; nil when
    /// nothing was sent.
    public func engagement(of task: TaskID, in connection: Connection) throws -> Engagement? {
        let sends = try triggers(of: task, in: connection).compactMap(\.send)
        guard !sends.isEmpty else { return nil }
        let store = SendStore(workspace)
        return Engagement(try sends.map { try store.totals(of: $0, in: connection) })
    }
}
