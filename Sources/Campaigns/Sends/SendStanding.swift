// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// How a send stands, for whoever looks at it: while it is under way by the counts that are kept as
/// messages go, so that a page does not go through millions of contacts; once it has ended by the contacts
/// themselves.
extension SendStore {
    /// The ledger as it stands.
    ///
    /// While the send is under way, ``SendLedger/bounced`` has all that came back so far.
    public func currentLedger(of send: SendID, in connection: Connection) throws -> SendLedger {
        guard try isUnderWay(send, in: connection) else {
            return try ledger(of: send, in: connection)
        }
        return SendLedger(try totals(of: send, in: connection))
    }

    /// How many contacts are in each state; pending ones are counted with those that are tried again.
    func standing(
        of send: SendID,
        in connection: Connection
    ) throws -> [InteractionState: Int] {
        guard try isUnderWay(send, in: connection) else {
            return try states(of: send, in: connection)
        }
        let totals = try totals(of: send, in: connection)
        let inFlight = try SendQueue(workspace: workspace, send: send).inFlight(in: connection)
        return [
            .sent: totals[.sent], .ready: totals[.ready], .inDoubt: totals[.inDoubt],
            .stopped: totals[.stopped], .notSent: totals[.filtered] + totals[.inError],
            .inFlight: inFlight, .pending: max(0, totals.pending - inFlight),
        ]
    }

    private func isUnderWay(_ send: SendID, in connection: Connection) throws -> Bool {
        let found: Int64? = try connection.value(
            "SELECT id FROM send WHERE workspace_id = $1 AND id = $2 AND finished_at IS NULL",
            [workspace, send]
        )
        return found != nil
    }

    private func states(
        of send: SendID,
        in connection: Connection
    ) throws -> [InteractionState: Int] {
        let rows = try connection.rows(
            """
            SELECT state, count(*) AS total FROM interaction
            WHERE workspace_id = $1 AND send_id = $2 GROUP BY state
            """,
            [workspace, send]
        )
        var totals: [InteractionState: Int] = [:]
        for row in rows { totals[try row.get("state")] = try row.get("total") }
        return totals
    }
}

extension SendLedger {
    /// The ledger by the counts of a send that is under way.
    init(_ totals: CampaignTotals) {
        targeted = totals[.targeted]
        sent = totals[.sent] + totals[.ready]
        bounced = totals[.bounce]
        filtered = totals.details(of: .filtered)
        inError = totals.details(of: .inError)
        inDoubt = totals[.inDoubt]
        stopped = totals[.stopped]
        pending = max(0, totals.pending)
    }
}

extension SendStore {
    /// The contacts in a state that few have, by the index of these few.
    func few(
        of send: SendID,
        _ state: InteractionState,
        _ after: InteractionID,
        _ limit: Int,
        _ connection: Connection
    ) throws -> [Interaction] {
        // A plus keeps SQLite from walking through all of the send in the order of ids.
        let id = state.isHeld ? "i.id" : "+i.id"
        return try connection.rows(
            """
            SELECT \(Interaction.columns) FROM interaction i
            WHERE i.workspace_id = $1 AND i.send_id = $2 AND \(id) > $3
                AND i.state = '\(state.rawValue)' AND \(state.condition(of: "i"))
            ORDER BY \(id) LIMIT $4
            """,
            [workspace, send, after, limit]
        ).map(Interaction.init)
    }
}

extension InteractionState {
    /// Whether a contact in the state waits for a person.
    var isHeld: Bool { self == .inDoubt || self == .stopped }

    /// Whether few of many contacts are in the state, which an index finds.
    var isFew: Bool { isHeld || self == .inFlight || self == .retry }

    /// What the index of held contacts holds; a query uses it that says so in the same words.
    static func isHeld(_ column: String) -> String { "\(column) IN ('inDoubt', 'stopped')" }

    /// What all contacts in the state meet, and by which an index of few rows finds them.
    func condition(of table: String) -> String {
        switch self {
        case .inDoubt, .stopped: InteractionState.isHeld("\(table).state")
        case .pending, .inFlight, .retry: "\(table).next_at IS NOT NULL"
        case .sent, .ready, .notSent: "true"
        }
    }
}
