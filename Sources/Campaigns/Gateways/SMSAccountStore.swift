// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The accounts of one workspace with gateways of text messages.
public struct SMSAccountStore: Sendable {
    let workspace: WorkspaceID

    /// The accounts of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// The accounts as they can be listed.
    public static let listing = Listing(
        from: "sms_account a",
        scope: "a.workspace_id",
        key: "a.id",
        columns: [
            ListingColumn("id", "a.id", .integer), ListingColumn("name", "a.name", .text),
            ListingColumn("kind", "a.kind", .text), ListingColumn("settings", "a.settings", .json),
            ListingColumn("connections", "a.connections", .integer),
            ListingColumn("active", "a.is_active", .boolean),
            ListingColumn("cdate", "a.created_at", .moment),
        ]
    )

    /// Makes an account, active at once; its secret is kept by whoever calls.
    ///
    /// - Throws: ``CampaignError/refused(attribute:reason:)`` for a name that is taken, or settings
    ///   that cannot be used.
    public func create(
        name: String,
        _ provider: SMSProvider,
        connections: Int = 1,
        by context: Context,
        in transaction: Transaction
    ) throws -> SMSAccount {
        let account = SMSAccount(
            id: try transaction.nextID(.smsAccount, in: workspace),
            name: name,
            provider: provider,
            connections: connections,
            isActive: true,
            createdAt: context.moment
        )
        try SMSAccountRule.check(account)
        try checkName(account, in: transaction)
        try transaction.execute(
            """
            INSERT INTO sms_account (workspace_id, id, name, kind, settings, connections,
                is_active, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                workspace, account.id, name, provider.kind, provider.json, connections,
                account.isActive, context.moment,
            ]
        )
        return account
    }

    /// Changes an account.
    ///
    /// Another kind, address or user forgets the secret, which was meant for the one before; whoever
    /// has a new one keeps it behind this.
    ///
    /// - Parameters:
    ///   - account: The account as it shall be.
    ///   - transaction: Where it is written.
    ///   - forget: Forgets the secret of this name, in the same transaction.
    /// - Throws: As ``create(name:_:connections:by:in:)``, and
    ///   ``CampaignError/noSuchSMSAccount(_:)``.
    public func update(
        _ account: SMSAccount,
        in transaction: Transaction,
        forgetting forget: (String) throws -> Void
    ) throws {
        try SMSAccountRule.check(account)
        try checkName(account, in: transaction)
        guard let before = try self.account(account.id, in: transaction) else {
            throw CampaignError.noSuchSMSAccount(account.id)
        }
        let isKnown = try transaction.guarded(
            """
            UPDATE sms_account SET name = $3, kind = $4, settings = $5, connections = $6,
                is_active = $7
            WHERE workspace_id = $1 AND id = $2
            """,
            [
                workspace, account.id, account.name, account.provider.kind, account.provider.json,
                account.connections, account.isActive,
            ]
        )
        guard isKnown else { throw CampaignError.noSuchSMSAccount(account.id) }
        if account.leadsElsewhere(than: before) { try forget(account.secretName) }
    }

    /// Deletes an account; reports of messages that it took are still understood.
    ///
    /// - Throws: ``CampaignError/noSuchSMSAccount(_:)``.
    public func delete(_ id: SMSAccountID, in transaction: Transaction) throws {
        let isDeleted = try transaction.guarded(
            "DELETE FROM sms_account WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        )
        guard isDeleted else { throw CampaignError.noSuchSMSAccount(id) }
    }

    /// An account, if it exists.
    public func account(_ id: SMSAccountID, in connection: Connection) throws -> SMSAccount? {
        try all(in: connection).first { $0.id == id }
    }

    /// All accounts in the order of their ids.
    public func all(in connection: Connection) throws -> [SMSAccount] {
        try connection.rows(
            """
            SELECT id, name, kind, settings, connections, is_active, created_at FROM sms_account
            WHERE workspace_id = $1 ORDER BY id
            """,
            [workspace]
        ).map { row in
            SMSAccount(
                id: try row.get("id"),
                name: try row.get("name"),
                provider: try SMSProvider(row),
                connections: try row.get("connections"),
                isActive: try row.get("is_active"),
                createdAt: try row.get("created_at")
            )
        }
    }

    /// The account that messages go by; nil when none is active.
    func active(in connection: Connection) throws -> SMSAccount? {
        try all(in: connection).first(where: \.isActive)
    }

    private func checkName(_ account: SMSAccount, in connection: Connection) throws {
        let isTaken = try all(in: connection).contains {
            $0.name == account.name && $0.id != account.id
        }
        guard !isTaken else {
            throw CampaignError.refused(attribute: "name", reason: "another account has this name")
        }
    }
}
