// SPDX-License-Identifier: Apache-2.0
public import Audience
public import Common
public import Database

/// The addresses and numbers of one workspace that are in quarantine.
///
/// Whoever learns of a bounce, a complaint or a stop notes it here, and records what happened in
/// ``ActivityStore``. A quarantine outlives the person's erasure, since it holds a digest only.
public struct QuarantineStore: Sendable {
    let workspace: WorkspaceID

    /// The quarantine of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Notes that a contact brought its address or number into quarantine.
    ///
    /// - Returns: Whether something changed: an address that is in quarantine for good stays so, and
    ///   an interaction that does not exist or whose address was erased has none.
    @discardableResult
    public func note(
        _ cause: QuarantineCause,
        of interaction: InteractionID,
        in transaction: Transaction
    ) throws -> Bool {
        let row = try transaction.row(
            """
            SELECT c.channel, i.address FROM interaction i
            JOIN campaign c ON c.workspace_id = i.workspace_id AND c.id = i.campaign_id
            WHERE i.workspace_id = $1 AND i.id = $2
            """,
            [workspace, interaction]
        )
        guard let row, let address: String = try row.get("address"),
            let channel = ContactChannel(rawValue: try row.get("channel"))
        else { return false }
        return try note(cause, channel, address, of: interaction, in: transaction)
    }

    /// Notes that an address or number is in quarantine.
    ///
    /// - Parameters:
    ///   - cause: Why.
    ///   - channel: The way by which the address is reached.
    ///   - address: The address or number, compared as the do-not-contact list does.
    ///   - interaction: The contact that brought it about; nil when nobody knows. A soft bounce of
    ///     the contact that was noted last does not count again.
    ///   - transaction: A transaction, whose moment is when it happened.
    /// - Returns: Whether something changed.
    /// - Throws: `DatabaseError`.
    @discardableResult
    public func note(
        _ cause: QuarantineCause,
        _ channel: ContactChannel,
        _ address: String,
        of interaction: InteractionID? = nil,
        in transaction: Transaction
    ) throws -> Bool {
        guard let key = QuarantineKey(channel, address) else { return false }
        let present = try entries(key, in: transaction).first { $0.cause == cause }
        if let interaction, present?.interaction == interaction { return false }
        let before = present.map { (occurrences: $0.occurrences, until: $0.until) }
        let next = QuarantineRule.next(cause, after: before, at: transaction.moment)
        guard let next else { return false }
        guard let present else {
            return try insert(cause, key, next.until, interaction, in: transaction)
        }
        return try transaction.guarded(
            """
            UPDATE quarantine SET occurrences = $4, since = $5, ends_at = $6, interaction_id = $7
            WHERE workspace_id = $1 AND id = $2 AND occurrences = $3
            """,
            [
                workspace, present.id, present.occurrences, next.occurrences, transaction.moment,
                next.until, interaction,
            ]
        )
    }

    /// Lets an address or number be contacted again, because a person decided so; soft bounces count
    /// from one again.
    ///
    /// - Returns: Whether it was in quarantine, for whatever cause.
    @discardableResult
    public func lift(
        _ channel: ContactChannel,
        _ address: String,
        in transaction: Transaction
    ) throws -> Bool {
        guard let key = QuarantineKey(channel, address) else { return false }
        return try transaction.guarded(
            """
            DELETE FROM quarantine
            WHERE workspace_id = $1 AND channel = $2 AND hash = $3 AND digest = $4
            """,
            [workspace, channel, key.hash, key.digest]
        )
    }

    /// Lifts a quarantine by its number.
    ///
    /// - Returns: Whether there was one.
    @discardableResult
    public func lift(_ id: Int64, in transaction: Transaction) throws -> Bool {
        try transaction.guarded(
            "DELETE FROM quarantine WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        )
    }

    /// For what an address or number is in quarantine, or was for a time.
    public func entries(
        of channel: ContactChannel,
        _ address: String,
        in connection: Connection
    ) throws -> [Quarantine] {
        guard let key = QuarantineKey(channel, address) else { return [] }
        return try entries(key, in: connection)
    }

    private func entries(_ key: QuarantineKey, in connection: Connection) throws -> [Quarantine] {
        try connection.rows(
            """
            SELECT \(Quarantine.columns) FROM quarantine
            WHERE workspace_id = $1 AND channel = $2 AND hash = $3 AND digest = $4 ORDER BY cause
            """,
            [workspace, key.channel, key.hash, key.digest]
        ).map(Quarantine.init)
    }

    /// Nothing when someone else noted the same at the same moment.
    private func insert(
        _ cause: QuarantineCause,
        _ key: QuarantineKey,
        _ until: Instant?,
        _ interaction: InteractionID?,
        in transaction: Transaction
    ) throws -> Bool {
        try transaction.guarded(
            """
            INSERT INTO quarantine (workspace_id, channel, hash, digest, cause, id, occurrences,
                since, ends_at, interaction_id)
            VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9)
            ON CONFLICT DO NOTHING
            """,
            [
                workspace, key.channel, key.hash, key.digest, cause,
                try transaction.allocate(1, .quarantine, in: workspace), transaction.moment, until,
                interaction,
            ]
        )
    }
}

/// How an address is found again without being kept.
struct QuarantineKey {
    let channel: ContactChannel
    let hash: Int64
    private let folded: String

    /// Nil for an address of blanks only.
    init?(_ channel: ContactChannel, _ address: String) {
        folded = channel.folded(address)
        guard !folded.isEmpty else { return nil }
        self.channel = channel
        hash = Int64(bitPattern: StableHash.of(folded))
    }

    /// Costly: only for addresses of which the hash was found.
    var digest: String { AddressDigest.text(of: folded) }
}

extension Quarantine {
    static let columns = "id, channel, cause, occurrences, since, ends_at, interaction_id"

    init(_ row: Row) throws {
        id = try row.get("id")
        channel = try row.get("channel")
        cause = try row.get("cause")
        occurrences = try row.get("occurrences")
        since = try row.get("since")
        until = try row.get("ends_at")
        interaction = try row.get("interaction_id")
    }
}

extension IDKind {
    static let quarantine = IDKind(rawValue: "quarantine")
}
