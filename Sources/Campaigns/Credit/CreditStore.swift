// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// How a workspace's credit for text messages stands.
public struct Credit: Sendable, Hashable {
    /// What one part of a message costs.
    public var price: Money
    /// What can be spent.
    public var balance: Money
    /// What messages on their way may cost.
    public var reserved: Money
    /// What messages did cost.
    public var spent: Money

    /// All that was ever topped up: what is left, reserved and spent.
    public var toppedUp: Money { balance + reserved + spent }
}

/// The credit of one workspace; a workspace without any sends without limit.
///
/// Exact with many senders and through crashes: a message's cost is reserved in the transaction
/// before it is handed over, and spent or given back in the one that records what became of it.
public struct CreditStore: Sendable {
    let workspace: WorkspaceID

    /// The credit of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// The credit as it can be listed: one row at most, whose id is the workspace's.
    public static let listing = Listing(
        from: "sms_credit c",
        scope: "c.workspace_id",
        key: "c.workspace_id",
        columns: [
            ListingColumn("id", "c.workspace_id", .integer),
            ListingColumn("price", "c.price", .integer),
            ListingColumn("balance", "c.balance", .integer),
            ListingColumn("reserved", "c.reserved", .integer),
            ListingColumn("spent", "c.spent", .integer),
        ]
    )

    /// The top-ups as they can be listed.
    public static let entryListing = Listing(
        from: "sms_credit_entry e",
        scope: "e.workspace_id",
        key: "e.id",
        columns: [
            ListingColumn("id", "e.id", .integer), ListingColumn("amount", "e.amount", .integer),
            ListingColumn("note", "e.note", .text), ListingColumn("actor", "e.actor", .text),
            ListingColumn("cdate", "e.created_at", .moment),
        ]
    )

    /// The credit; nil when the workspace has none and sends without limit.
    public func credit(in connection: Connection) throws -> Credit? {
        try connection.row(
            "SELECT price, balance, reserved, spent FROM sms_credit WHERE workspace_id = $1",
            [workspace]
        ).map { row in
            Credit(
                price: try row.get("price"),
                balance: try row.get("balance"),
                reserved: try row.get("reserved"),
                spent: try row.get("spent")
            )
        }
    }

    /// Sets what one part costs from the next message on; a workspace without credit has one from
    /// now on, with nothing in it.
    ///
    /// - Throws: ``CampaignError/refused(attribute:reason:)`` for a price below 0 or above 1,000.
    public func setPrice(_ price: Money, in transaction: Transaction) throws {
        guard (0...1_000_000_000).contains(price.millionths) else {
            throw CampaignError.refused(attribute: "price", reason: "must be from 0 to 1000")
        }
        try transaction.execute(
            """
            INSERT INTO sms_credit (workspace_id, price, balance, reserved, spent)
            SELECT $1, $2, 0, 0, 0 WHERE true
            ON CONFLICT (workspace_id) DO UPDATE SET price = excluded.price
            """,
            [workspace, price]
        )
    }

    /// Adds to the balance, or takes back what was not spent.
    ///
    /// - Returns: The entry's number.
    /// - Throws: ``CampaignError/refused(attribute:reason:)`` when there is no credit, or less than
    ///   is to be taken back.
    @discardableResult
    public func topUp(
        _ amount: Money,
        note: String = "",
        by context: Context,
        in transaction: Transaction
    ) throws -> Int64 {
        guard note.count <= 255, !note.utf8.contains(0) else {
            throw CampaignError.refused(attribute: "note", reason: "has at most 255 characters")
        }
        let isDone = try transaction.guarded(
            """
            UPDATE sms_credit SET balance = balance + $2
            WHERE workspace_id = $1 AND balance + $2 BETWEEN 0 AND $3
            """,
            [workspace, amount, Money.largest]
        )
        guard isDone else {
            let words = "there is no credit, or the balance would be below 0 or too large"
            throw CampaignError.refused(attribute: "amount", reason: words)
        }
        let id = try transaction.allocate(1, .smsCreditEntry, in: workspace)
        try transaction.execute(
            """
            INSERT INTO sms_credit_entry (workspace_id, id, amount, note, actor, created_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            [workspace, id, amount, note, context.actor, context.moment]
        )
        return id
    }

    /// Sets aside what messages may cost.
    func reserve(_ amount: Money, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE sms_credit SET balance = balance - $2, reserved = reserved + $2
            WHERE workspace_id = $1
            """,
            [workspace, amount]
        )
    }

    /// Ends reservations: a part is spent, the rest given back.
    func settle(_ reserved: Money, spending spent: Money, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE sms_credit SET reserved = reserved - $2, spent = spent + $3,
                balance = balance + $4
            WHERE workspace_id = $1
            """,
            [workspace, reserved, spent, reserved - spent]
        )
    }
}
