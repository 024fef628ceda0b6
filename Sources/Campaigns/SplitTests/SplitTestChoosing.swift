// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
internal import Tasks

extension SplitTest {
    /// Whether a person can still choose which message the rest gets.
    public var canBeChosen: Bool {
        state == .testing || (state == .decided && winnerSend == nil)
    }
}

extension SplitTestStore {
    /// Sends a message to the rest of the target because a person chose it: before the messages were
    /// compared, or after comparing them has sent nothing.
    ///
    /// - Parameters:
    ///   - winner: Its place among the test's messages, counted from 0.
    ///   - id: The split test.
    ///   - context: Who chose it.
    ///   - transaction: Where it is written.
    /// - Returns: The split test as it is now.
    /// - Throws: ``CampaignError/refused(attribute:reason:)``,
    ///   ``CampaignError/noSuchSplitTest(_:)``.
    @discardableResult
    public func choose(
        _ winner: Int,
        of id: SplitTestID,
        by context: Context,
        in transaction: Transaction
    ) throws -> SplitTest {
        let present = try splitTest(id, in: transaction)
        guard present.messages.indices.contains(winner) else {
            throw SplitTestRules.refused("winner_message_id", "the split test has no such message")
        }
        guard present.canBeChosen else {
            let words = present.winnerSend == nil ? "is \(present.state.rawValue)" : "has a winner"
            throw SplitTestRules.refused("state", "the split test \(words)")
        }
        let send = try SplitTestSends(self).sendRest(winner, present, context, in: transaction)
        let isChanged = try transaction.guarded(
            """
            UPDATE split_test SET state = 'decided', winner = $3, winner_message_id = $4,
                is_tied = coalesce(is_tied, $5), winner_send_id = $6,
                ended_at = coalesce(ended_at, $7)
            WHERE workspace_id = $1 AND id = $2 AND state = $8 AND winner_send_id IS NULL
            """,
            [
                workspace, id, winner, present.messages[winner], false, send.id,
                transaction.moment, present.state,
            ]
        )
        guard isChanged else { throw SplitTestRules.refused("state", "the split test went on") }
        // What was to compare the messages has nothing left to do.
        let tasks = TaskStore(workspace)
        if try !tasks.task(present.task, in: transaction).status.isEnded {
            try tasks.wake(present.task, in: transaction)
        }
        return try splitTest(id, in: transaction)
    }
}
