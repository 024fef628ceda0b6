// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
public import Messaging

/// The relays of one workspace, in the order of preference.
///
/// Without any, mails go to the relay that the configuration names, or to the built-in outbox.
public struct RelayStore: Sendable {
    let workspace: WorkspaceID

    /// The relays of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// The relays as they can be listed.
    public static let listing = Listing(
        from: """
            relay r LEFT JOIN provider_gate g ON g.workspace_id = r.workspace_id \
            AND g.kind = 'relay' AND g.provider_id = r.id
            """,
        scope: "r.workspace_id",
        key: "r.id",
        columns: [
            ListingColumn("id", "r.id", .integer), ListingColumn("name", "r.name", .text),
            ListingColumn("host", "r.host", .text), ListingColumn("port", "r.port", .integer),
            ListingColumn("security", "r.security", .text),
            ListingColumn("login", "r.login", .text).orNull,
            ListingColumn("client_name", "r.client_name", .text),
            ListingColumn("connections", "r.connections", .integer),
            ListingColumn("position", "r.position", .integer),
            ListingColumn("active", "r.is_active", .boolean),
            ListingColumn("cap", "g.cap", .integer).orNull,
            ListingColumn("failures", "coalesce(g.failures, 0)", .integer),
            ListingColumn("paused_at", "g.paused_at", .moment).orNull,
            ListingColumn("paused_until", "g.paused_until", .moment).orNull,
            ListingColumn("pause_reason", "g.reason", .text).orNull,
            ListingColumn("cdate", "r.created_at", .moment),
        ]
    )

    /// Makes a relay; its id and moment are given here.
    ///
    /// - Throws: ``CampaignError/refused(attribute:reason:)``.
    public func create(
        _ relay: Relay,
        by context: Context,
        in transaction: Transaction
    ) throws -> Relay {
        var relay = relay
        try RelayRule.check(relay)
        try checkName(relay, in: transaction)
        relay.id = try transaction.nextID(.relay, in: workspace)
        relay.createdAt = context.moment
        try transaction.execute(
            """
            INSERT INTO relay (workspace_id, id, name, host, port, security, login, client_name,
                connections, position, is_active, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """,
            values(relay) + [relay.createdAt]
        )
        return relay
    }

    /// Changes a relay; messages under way go their way.
    ///
    /// Another host, port or login forgets the password, which was meant for the one before; whoever
    /// has a new one keeps it behind this.
    ///
    /// - Parameters:
    ///   - relay: The relay as it shall be.
    ///   - transaction: Where it is written.
    ///   - forget: Forgets the secret of this name, in the same transaction.
    /// - Throws: ``CampaignError/refused(attribute:reason:)``, ``CampaignError/noSuchRelay(_:)``.
    public func update(
        _ relay: Relay,
        in transaction: Transaction,
        forgetting forget: (String) throws -> Void
    ) throws {
        try RelayRule.check(relay)
        try checkName(relay, in: transaction)
        let before = try self.relay(relay.id, in: transaction)
        let isKnown = try transaction.guarded(
            """
            UPDATE relay SET name = $3, host = $4, port = $5, security = $6, login = $7,
                client_name = $8, connections = $9, position = $10, is_active = $11
            WHERE workspace_id = $1 AND id = $2
            """,
            values(relay)
        )
        guard isKnown else { throw CampaignError.noSuchRelay("number \(relay.id)") }
        if relay.leadsElsewhere(than: before) { try forget(relay.secretName) }
    }

    /// Deletes a relay with what is known of it.
    ///
    /// - Throws: ``CampaignError/noSuchRelay(_:)``.
    public func delete(_ id: RelayID, in transaction: Transaction) throws {
        let isDeleted = try transaction.guarded(
            "DELETE FROM relay WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        )
        guard isDeleted else { throw CampaignError.noSuchRelay("number \(id)") }
        try ProviderGate(workspace, .relay(id)).remove(in: transaction)
    }

    /// All relays, the preferred one first.
    public func all(in connection: Connection) throws -> [Relay] {
        try connection.rows(
            """
            SELECT \(Relay.columns) FROM relay WHERE workspace_id = $1 ORDER BY position, id
            """,
            [workspace]
        ).map(Relay.init)
    }

    /// A relay by its id.
    ///
    /// - Throws: ``CampaignError/noSuchRelay(_:)``.
    public func relay(_ id: RelayID, in connection: Connection) throws -> Relay {
        guard let found = try all(in: connection).first(where: { $0.id == id }) else {
            throw CampaignError.noSuchRelay("number \(id)")
        }
        return found
    }

    /// A relay by its name.
    ///
    /// - Throws: ``CampaignError/noSuchRelay(_:)``.
    public func relay(named name: String, in connection: Connection) throws -> Relay {
        guard let found = try all(in: connection).first(where: { $0.name == name }) else {
            throw CampaignError.noSuchRelay(name)
        }
        return found
    }

    private func checkName(_ relay: Relay, in connection: Connection) throws {
        let others = try all(in: connection).filter { $0.id != relay.id }
        guard !others.contains(where: { $0.name == relay.name }) else {
            throw CampaignError.refused(attribute: "name", reason: "is another relay's")
        }
    }

    private func values(_ relay: Relay) -> [any SQLConvertible] {
        [
            workspace, relay.id, relay.name, relay.host, relay.port, relay.security.rawValue,
            relay.login, relay.clientName, relay.connections, relay.position, relay.isActive,
        ]
    }
}

extension Relay {
    static let columns = """
        id, name, host, port, security, login, client_name, connections, position, is_active,
        created_at
        """

    init(_ row: Row) throws {
        id = try row.get("id")
        name = try row.get("name")
        host = try row.get("host")
        port = try row.get("port")
        security = SMTPOptions.Security(rawValue: try row.get("security")) ?? .tls
        login = try row.get("login")
        clientName = try row.get("client_name")
        connections = try row.get("connections")
        position = try row.get("position")
        isActive = try row.get("is_active")
        createdAt = try row.get("created_at")
    }

    /// A relay to create; on port 25 without encryption, with two connections, unless given.
    public init(
        _ name: String,
        host: String,
        port: Int = 25,
        security: SMTPOptions.Security = .plain,
        login: String? = nil,
        clientName: String = "localhost",
        connections: Int = 2,
        position: Int = 0,
        isActive: Bool = true
    ) {
        id = RelayID(0)
        self.name = name
        self.host = host
        self.port = port
        self.security = security
        self.login = login
        self.clientName = clientName
        self.connections = connections
        self.position = position
        self.isActive = isActive
        createdAt = Instant(microseconds: 0)
    }
}
