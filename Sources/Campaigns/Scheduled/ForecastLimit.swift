// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database

/// What keeps a send from going as fast as it can: its own rate, and the caps of those who carry it on.
///
/// Pure.
struct ForecastLimit: Sendable, Hashable {
    /// Messages an hour; nil for as fast as they go.
    var rate: Int?
    /// Before which others have the providers for themselves.
    var from: Instant

    /// The limit of a send.
    ///
    /// - Parameters:
    ///   - rate: Its own rate.
    ///   - cap: What its providers take an hour together; nil for no limit.
    ///   - ahead: How many messages of other sends, which have the same or a higher priority, wait.
    ///   - now: The moment.
    init(rate: Int?, cap: Int?, ahead: Int, at now: Instant) {
        guard let cap else {
            (self.rate, from) = (rate, now)
            return
        }
        self.rate = min(rate ?? cap, cap)
        from = ahead > 0 ? Pace(rate: cap).last(of: ahead + 1, from: now) : now
    }
}

extension ScheduledSendStore {
    /// The limit of a scheduled send as things stand.
    func limit(
        of send: ScheduledSend,
        at now: Instant,
        in connection: Connection
    ) throws -> ForecastLimit {
        let cap = try ProviderCaps(workspace).total(send.channel, in: connection)
        let ahead = cap == nil ? 0 : try ahead(of: send, in: connection)
        return ForecastLimit(rate: send.rate, cap: cap, ahead: ahead, at: now)
    }

    /// What other sends of the channel, which are under way, have still to hand over.
    private func ahead(of send: ScheduledSend, in connection: Connection) throws -> Int {
        let priority = try ProviderQueue(workspace: workspace, send: send.send)
            .priority(in: connection)
        let others: [SendID] = try connection.rows(
            """
            SELECT s.id FROM send s JOIN campaign c
                ON c.workspace_id = s.workspace_id AND c.id = s.campaign_id
            WHERE s.workspace_id = $1 AND s.state = 'sending' AND c.channel = $2 AND s.id <> $3
                AND coalesce(s.priority, 0) >= $4
            """,
            [workspace, send.channel, send.send, priority]
        ).map { try $0.get("id") }
        return try others.reduce(0) { sum, other in
            sum + max(0, try SendStore(workspace).totals(of: other, in: connection).pending)
        }
    }
}

/// What the providers of a channel take an hour together.
struct ProviderCaps {
    private let workspace: WorkspaceID

    init(_ workspace: WorkspaceID) { self.workspace = workspace }

    /// The sum of the caps; nil when one of the providers has none.
    func total(_ channel: Channel, in connection: Connection) throws -> Int? {
        let providers: [Provider]
        switch channel {
        case .email:
            let relays = try RelayStore(workspace).all(in: connection).filter(\.isActive)
            providers = relays.isEmpty ? [Provider(.relay, 0)] : relays.map { .relay($0.id) }
        case .sms:
            providers = try connection.rows(
                """
                SELECT provider_id FROM provider_gate WHERE workspace_id = $1 AND kind = $2
                """,
                [workspace, Provider.Kind.gateway]
            ).map { Provider(.gateway, try $0.get("provider_id")) }
        case .print, .callCenter, .customAudience: return nil
        }
        let caps = try providers.map {
            try ProviderGate(workspace, $0).state(in: connection).cap
        }
        guard !caps.isEmpty, !caps.contains(nil) else { return nil }
        return caps.compactMap(\.self).reduce(0, +)
    }
}
