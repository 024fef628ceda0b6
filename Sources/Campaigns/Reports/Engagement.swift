// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// What became of messages after the send, and why others were not sent (spec/imports.md, "Import
/// triggers").
///
/// Read from the counts that are kept as things happen, so it moves with what arrives later. What is
/// nil was not tracked, as without a public address: it is unknown, not zero.
public struct Engagement: Sendable, Hashable, Codable {
    /// Handed over and not refused: sent less bounced.
    public var delivered: Int
    /// Refused for good, or came back.
    public var bounced: Int
    /// Recipients who opened the message.
    public var opened: Int?
    /// Recipients who clicked a link.
    public var clicked: Int?
    /// Recipients who unsubscribed by the message.
    public var unsubscribed: Int?
    /// Those left out by something that was wrong, by status.
    public var failures: [String: Int]
    /// Those left out by a rule, by status.
    public var exclusions: [String: Int]

    /// Sums up the counts of sends; openings and clicks are nil where none of the sends is tracked.
    public init(_ totals: [CampaignTotals], isTracked: Bool = false) {
        func sum(_ name: CampaignMeasure.Name) -> Int { totals.reduce(0) { $0 + $1[name] } }
        bounced = sum(.bounce)
        delivered = sum(.sent) - bounced
        failures = Engagement.sum(totals.map { $0.details(of: .inError) })
        exclusions = Engagement.sum(totals.map { $0.details(of: .filtered) })
        guard isTracked else { return }
        opened = sum(.open)
        clicked = sum(.click)
        unsubscribed = sum(.unsubscription)
    }

    /// The numbers that people see.
    public var lines: [String] {
        [
            "Delivered: \(delivered)", "Opened: \(Engagement.words(opened))",
            "Clicked: \(Engagement.words(clicked))", "Bounced: \(bounced)",
            "Unsubscribed: \(Engagement.words(unsubscribed))",
        ]
    }

    /// Why others were not sent the message, which a ledger beside the numbers says as well.
    public var reasons: [String] {
        Engagement.listed("Failures", failures) + Engagement.listed("Exclusions", exclusions)
    }

    /// Writes what is not tracked as null, so that a program can tell it from zero.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(delivered, forKey: .delivered)
        try values.encode(bounced, forKey: .bounced)
        try values.encode(opened, forKey: .opened)
        try values.encode(clicked, forKey: .clicked)
        try values.encode(unsubscribed, forKey: .unsubscribed)
        try values.encode(failures, forKey: .failures)
        try values.encode(exclusions, forKey: .exclusions)
    }

    private static func sum(_ counts: [[String: Int]]) -> [String: Int] {
        counts.reduce(into: [:]) { total, counts in total.merge(counts, uniquingKeysWith: +) }
    }

    private static func words(_ count: Int?) -> String {
        count.map(String.init) ?? "not tracked"
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
        try engagement(of: [send], in: connection)
    }

    /// The engagement of several sends together.
    func engagement(of sends: [SendID], in connection: Connection) throws -> Engagement {
        let links = LinkStore(workspace)
        return Engagement(
            try sends.map { try totals(of: $0, in: connection) },
            isTracked: try sends.contains { try links.isTracked($0, in: connection) }
        )
    }
}

extension ImportTriggerStore {
    /// The engagement of everything that an import task triggered, replays included; nil when
    /// nothing was sent.
    public func engagement(of task: TaskID, in connection: Connection) throws -> Engagement? {
        let sends = try triggers(of: task, in: connection).compactMap(\.send)
        guard !sends.isEmpty else { return nil }
        return try SendStore(workspace).engagement(of: sends, in: connection)
    }
}
