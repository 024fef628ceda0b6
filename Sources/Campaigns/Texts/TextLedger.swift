// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database
internal import Messaging

/// A text that is about to leave for a contact.
struct TextEntry: Sendable {
    var interaction: Interaction
    var account: SMSAccountID?
    var measure: TextMeasure
    var cost: Money
    /// Where its short links lead, in order.
    var targets: [String]
}

/// What is noted of the text messages of a workspace: parts, number, links, cost.
///
/// One row a contact, whatever the number of tries: what an earlier try did cost stays spent.
struct TextLedger {
    let workspace: WorkspaceID

    init(_ workspace: WorkspaceID) { self.workspace = workspace }

    /// Notes texts before they are handed over, their cost as reserved.
    func note(_ entries: [TextEntry], in transaction: Transaction) throws {
        let known = try rows(entries.map(\.interaction.id), in: transaction)
        let writer = try transaction.insertion(into: "text_message", columns: TextLedger.columns)
        for entry in entries where known[entry.interaction.id] == nil {
            writer.value(workspace.sql)
            writer.value(entry.interaction.id.sql)
            for value in values(entry) { writer.value(value) }
            writer.value(.integer(0))
            try writer.endRow()
        }
        try writer.finish()
        for entry in entries where known[entry.interaction.id] != nil {
            try again(entry, in: transaction)
        }
        try write(entries, known, in: transaction)
    }

    /// Ends the reservations of a group: what was handed over, or may have been, is spent.
    func settle(
        _ group: [Interaction],
        _ verdicts: [Verdict],
        in transaction: Transaction
    ) throws {
        let rows = try rows(group.map(\.id), in: transaction).filter { $0.value.reserved > .zero }
        guard !rows.isEmpty else { return }
        let writer = try transaction.update(
            of: "text_message",
            columns: ["reserved", "spent"],
            key: "interaction_id",
            within: [("workspace_id", workspace.sql)]
        )
        var (reserved, spent) = (Money.zero, Money.zero)
        for (interaction, verdict) in zip(group, verdicts) {
            guard let row = rows[interaction.id] else { continue }
            let cost = verdict.costs ? row.reserved : .zero
            reserved = reserved + row.reserved
            spent = spent + cost
            writer.integer(0)
            writer.value((row.spent + cost).sql)
            writer.value(interaction.id.sql)
            try writer.endRow()
        }
        try writer.finish()
        try CreditStore(workspace).settle(reserved, spending: spent, in: transaction)
    }

    /// What was in flight when the program stopped may have been taken: it is spent.
    func settleInFlight(of send: SendID, in transaction: Transaction) throws {
        let reserved: Money? = try transaction.value(
            """
            SELECT CAST(coalesce(sum(t.reserved), 0) AS BIGINT) FROM interaction i
            JOIN text_message t ON t.workspace_id = i.workspace_id AND t.interaction_id = i.id
            WHERE i.workspace_id = $1 AND i.send_id = $2 AND i.state = 'inFlight'
                AND i.next_at IS NOT NULL
            """,
            [workspace, send]
        )
        guard let reserved, reserved > .zero else { return }
        try transaction.execute(
            """
            UPDATE text_message SET spent = spent + reserved, reserved = 0
            WHERE workspace_id = $1 AND reserved > 0 AND interaction_id IN (
                SELECT i.id FROM interaction i WHERE i.workspace_id = $1 AND i.send_id = $2
                AND i.state = 'inFlight' AND i.next_at IS NOT NULL)
            """,
            [workspace, send]
        )
        try CreditStore(workspace).settle(reserved, spending: reserved, in: transaction)
    }

    private struct Present {
        var reserved: Money
        var spent: Money
    }

    private func rows(
        _ ids: [InteractionID],
        in connection: Connection
    ) throws -> [InteractionID: Present] {
        var found: [InteractionID: Present] = [:]
        let lookup = Lookup(
            table: "text_message",
            key: "interaction_id",
            columns: ["reserved", "spent"],
            keys: ids.map(\.sql),
            fixed: [("workspace_id", workspace.sql)],
            order: nil
        )
        try connection.lookup(lookup) { position, cursor in
            found[ids[position]] = Present(
                reserved: Money(millionths: cursor.integer(0)),
                spent: Money(millionths: cursor.integer(1))
            )
        }
        return found
    }

    private static let columns = [
        "workspace_id", "interaction_id", "account_id", "number", "encoding", "parts", "reserved",
        "spent",
    ]

    private func values(_ entry: TextEntry) -> [SQLValue] {
        [
            entry.account.sql, entry.interaction.address.sql,
            .text(entry.measure.encoding.rawValue), entry.measure.parts.sql, entry.cost.sql,
        ]
    }

    private func again(_ entry: TextEntry, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE text_message SET account_id = $3, number = $4, encoding = $5, parts = $6,
                reserved = $7
            WHERE workspace_id = $1 AND interaction_id = $2
            """,
            [workspace, entry.interaction.id] + values(entry).map { $0 as any SQLConvertible }
        )
    }

    /// Links of an earlier try are changed: it may have been taken.
    private func write(
        _ entries: [TextEntry],
        _ known: [InteractionID: Present],
        in transaction: Transaction
    ) throws {
        let writer = try transaction.insertion(
            into: "text_link",
            columns: ["workspace_id", "interaction_id", "ordinal", "url"]
        )
        for entry in entries where known[entry.interaction.id] == nil {
            for (ordinal, target) in entry.targets.enumerated() {
                writer.value(workspace.sql)
                writer.value(entry.interaction.id.sql)
                writer.value(ordinal.sql)
                writer.value(target.sql)
                try writer.endRow()
            }
        }
        try writer.finish()
        for entry in entries where known[entry.interaction.id] != nil {
            for (ordinal, target) in entry.targets.enumerated() {
                try transaction.execute(
                    """
                    INSERT INTO text_link (workspace_id, interaction_id, ordinal, url)
                    SELECT $1, $2, $3, $4 WHERE true
                    ON CONFLICT (workspace_id, interaction_id, ordinal)
                    DO UPDATE SET url = excluded.url
                    """,
                    [workspace, entry.interaction.id, ordinal, target]
                )
            }
        }
    }
}

extension Verdict {
    /// Whether a message that came to this is paid for: a gateway that refused it took nothing.
    var costs: Bool {
        switch self {
        case .sent, .inDoubt: true
        default: false
        }
    }
}
