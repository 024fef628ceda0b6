// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database

/// The sends of a split test: one a message, then the winner's.
struct SplitTestSends {
    private let store: SplitTestStore
    private var workspace: WorkspaceID { store.workspace }

    init(_ store: SplitTestStore) { self.store = store }

    /// Sends each message to those who were chosen for it.
    func begin(_ id: SplitTestID, _ context: Context, in transaction: Transaction) throws {
        let test = try store.splitTest(id, in: transaction)
        guard test.state == .scheduled else { return }
        let counts = try memberCounts(id, in: transaction)
        let sends = try test.messages.enumerated().map { index, message in
            try ScheduledSendStore(workspace).create(
                version: SplitTest.version(index),
                of: test,
                message,
                size: counts[index] ?? 0,
                by: context,
                in: transaction
            ).id
        }
        try transaction.execute(
            """
            UPDATE split_test SET state = 'testing', task_ids = $3
            WHERE workspace_id = $1 AND id = $2 AND state = 'scheduled'
            """,
            [workspace, id, JSONColumn(sends)]
        )
    }

    /// Compares the messages and does what follows; returns what came of it in words.
    func decide(
        _ test: SplitTest,
        _ context: Context,
        in transaction: Transaction
    ) throws -> String {
        let scores = try scores(of: test, in: transaction)
        let counts = zip(0..., scores).map { index, score in
            "\(SplitTest.version(index)) \(score.events) of \(score.sent)"
        }.joined(separator: ", ")
        let verb = test.criterion == .open ? "opened" : "clicked"
        switch SplitTestRules.judge(scores, test.tie) {
        case .nothingSent:
            try save(test, winner: nil, isTied: false, nil, in: transaction)
            return "Nobody got a message, so none won."
        case .tie:
            try save(test, winner: nil, isTied: true, nil, in: transaction)
            return "A tie, so none won: \(counts) \(verb)."
        case .winner(let index, let isTied):
            let send = try sendWinner(index, test, context, in: transaction)
            try save(test, winner: index, isTied: isTied, send?.id, in: transaction)
            let name = SplitTest.version(index)
            let next = send.map { " It goes to the rest with the scheduled send \($0.id)." } ?? ""
            return "\(name) won\(isTied ? " a tie as the first" : ""): \(counts) \(verb).\(next)"
        }
    }

    private func sendWinner(
        _ index: Int,
        _ test: SplitTest,
        _ context: Context,
        in transaction: Transaction
    ) throws -> ScheduledSend? {
        guard test.action == .targetwinner else { return nil }
        return try sendRest(index, test, context, in: transaction)
    }

    /// Sends a message to everyone of the target who is not in the test.
    func sendRest(
        _ index: Int,
        _ test: SplitTest,
        _ context: Context,
        in transaction: Transaction
    ) throws -> ScheduledSend {
        let found = try TargetMeasure(workspace)
            .measure(test.target, at: context.moment, in: transaction)
        let members = try memberCounts(test.id, in: transaction).values.reduce(0, +)
        return try ScheduledSendStore(workspace).create(
            version: SplitTest.version(index),
            of: test,
            test.messages[index],
            size: max(0, (found?.size ?? 0) - members),
            by: context,
            in: transaction
        )
    }

    private func save(
        _ test: SplitTest,
        winner: Int?,
        isTied: Bool,
        _ send: ScheduledSendID?,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE split_test SET state = 'decided', winner = $3, winner_message_id = $4,
                is_tied = $5, winner_send_id = $6, ended_at = $7
            WHERE workspace_id = $1 AND id = $2 AND state = 'testing'
            """,
            [
                workspace, test.id, winner, winner.map { test.messages[$0] }, isTied, send,
                transaction.moment,
            ]
        )
        guard send == nil else { return }
        try CampaignStore(workspace).mark(
            test.campaign,
            .finished,
            sentAt: transaction.moment,
            in: transaction
        )
    }

    /// Who got each message, and who of them did what counts.
    private func scores(
        of test: SplitTest,
        in connection: Connection
    ) throws -> [SplitTestRules.Score] {
        let event: ContactEvent = test.criterion == .open ? .open : .click
        let events = try ContactEvents(workspace).statistics(of: test.sends, in: connection)
        let sends = try ScheduledSendStore(workspace).scheduledSends(test.sends, in: connection)
        return try sends.map { send in
            let totals = try SendStore(workspace).totals(of: send.send, in: connection)
            return SplitTestRules.Score(
                sent: totals[.sent],
                events: events[send.id]?[event] ?? 0
            )
        }
    }

    private func memberCounts(
        _ id: SplitTestID,
        in connection: Connection
    ) throws -> [Int: Int] {
        let rows = try connection.rows(
            """
            SELECT version, count(*) AS total FROM split_test_member
            WHERE workspace_id = $1 AND split_test_id = $2 GROUP BY version
            """,
            [workspace, id]
        )
        var counts: [Int: Int] = [:]
        for row in rows { counts[try row.get("version")] = try row.get("total") }
        return counts
    }
}

extension SplitTestStore {
    /// To whom a send of a split test goes, and its version.
    ///
    /// The winner goes to everyone of the target who is not in the test.
    func audience(
        of send: ScheduledSend,
        in connection: Connection
    ) throws -> (audience: SendAudience, version: String)? {
        guard let id = send.splitTest.map({ SplitTestID($0) }) else { return nil }
        let test = try splitTest(id, in: connection)
        if let index = test.sends.firstIndex(of: send.id) {
            return (.splitVersion(id, index), SplitTest.version(index))
        }
        let index = test.winner ?? 0
        return (.splitRest(id, of: test.target.audience), SplitTest.version(index))
    }

    /// Whether a campaign's split test still has something to send.
    func isOpen(_ id: SplitTestID, in connection: Connection) throws -> Bool {
        guard try splitTest(id, in: connection).isEnded else { return true }
        return try connection.row(
            """
            SELECT id FROM scheduled_send
            WHERE workspace_id = $1 AND splittest_id = $2 AND ended_at IS NULL LIMIT 1
            """,
            [workspace, id]
        ) != nil
    }
}
