// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// A way to reach a person directly.
public enum ContactChannel: String, CaseIterable, Sendable, Codable, SQLConvertible {
    /// E-mail; the address is an e-mail address.
    case email
    /// SMS; the address is a mobile number, E.164 digits.
    case sms

    /// An address as it is compared: without blanks around it, in lower case for e-mail.
    public func folded(_ address: String) -> String {
        let trimmed = address.trimmingBlanks
        return self == .email ? trimmed.lowercased() : trimmed
    }

    /// A hash of an address as it is compared; different addresses seldom share one.
    public func hash(of address: String) -> UInt64 {
        // Numbers have no letters, so that both are the same to them.
        StableHash.ofLowercasedASCII(address) ?? StableHash.of(folded(address))
    }
}

/// An address or number that is never to be contacted.
public struct DoNotContact: Sendable, Hashable {
    /// The channel.
    public var channel: ContactChannel
    /// The address in lower case, or the number; after an erasure a digest of it.
    public var address: String
    /// Why, in a few words.
    public var reason: String
    /// When it was added.
    public var createdAt: Instant
}

/// The addresses and numbers of one workspace that are never to be contacted.
///
/// E-mail addresses are compared in lower case throughout: a ban must hold for `Ann@example.com`
/// too. A ban outlives the person's erasure as a digest, or the next import of an old file would
/// lift it.
public struct DoNotContactStore: Sendable {
    let workspace: WorkspaceID

    /// The bans of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Bans an address; does nothing when it is banned already.
    ///
    /// - Returns: Whether it was not banned before.
    /// - Throws: ``AudienceError/badValue(attribute:problem:)`` when the address is blank.
    @discardableResult
    public func add(
        _ channel: ContactChannel,
        _ address: String,
        reason: String,
        by context: Context,
        in transaction: Transaction
    ) throws -> Bool {
        let folded = try DoNotContactStore.fold(address, channel)
        guard try !contains(channel, folded, in: transaction) else { return false }
        return try transaction.guarded(
            """
            INSERT INTO do_not_contact (workspace_id, channel, address, reason, created_at, id)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (workspace_id, channel, address) DO NOTHING
            """,
            [
                workspace, channel, folded, reason, context.moment,
                try transaction.allocate(1, .doNotContact, in: workspace),
            ]
        )
    }

    /// Lifts a ban, also one that is kept as a digest.
    ///
    /// - Returns: Whether the address was banned.
    /// - Throws: ``AudienceError/badValue(attribute:problem:)`` when the address is blank.
    @discardableResult
    public func remove(
        _ channel: ContactChannel,
        _ address: String,
        in transaction: Transaction
    ) throws -> Bool {
        let folded = try DoNotContactStore.fold(address, channel)
        return try transaction.guarded(
            """
            DELETE FROM do_not_contact
            WHERE workspace_id = $1 AND channel = $2 AND address IN ($3, $4)
            """,
            [workspace, channel, folded, AddressDigest.text(of: folded)]
        )
    }

    /// Lifts a ban by its number.
    public func remove(_ id: Int64, in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM do_not_contact WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        )
    }

    /// The number of an address's ban, if it is banned.
    ///
    /// - Throws: ``AudienceError/badValue(attribute:problem:)`` when the address is blank.
    public func id(
        _ channel: ContactChannel,
        _ address: String,
        in connection: Connection
    ) throws -> Int64? {
        let folded = try DoNotContactStore.fold(address, channel)
        return try connection.value(
            """
            SELECT id FROM do_not_contact
            WHERE workspace_id = $1 AND channel = $2 AND address IN ($3, $4)
            """,
            [workspace, channel, folded, AddressDigest.text(of: folded)]
        )
    }

    /// The bans as they can be listed; those of erased persons show a digest.
    public static let listing = Listing(
        from: "do_not_contact d",
        scope: "d.workspace_id",
        key: "d.id",
        columns: [
            ListingColumn("id", "d.id", .integer), ListingColumn("channel", "d.channel", .text),
            ListingColumn("address", "d.address", .text),
            ListingColumn("reason", "d.reason", .text),
            ListingColumn("cdate", "d.created_at", .moment),
        ]
    )

    /// Bans in the order of their addresses, after an address.
    public func page(
        _ channel: ContactChannel,
        after address: String = "",
        limit: Int,
        in connection: Connection
    ) throws -> [DoNotContact] {
        try connection.rows(
            """
            SELECT channel, address, reason, created_at FROM do_not_contact
            WHERE workspace_id = $1 AND channel = $2 AND address > $3 ORDER BY address LIMIT $4
            """,
            [workspace, channel, address, limit]
        ).map(DoNotContact.init)
    }

    /// Whether an address is banned; a blank one is not.
    public func contains(
        _ channel: ContactChannel,
        _ address: String,
        in connection: Connection
    )
        throws -> Bool
    {
        try !banned([address], channel, in: connection).isEmpty
    }

    /// Those of many addresses that are banned, as they were given.
    public func banned(
        _ addresses: [String],
        _ channel: ContactChannel,
        in connection: Connection
    ) throws -> Set<String> {
        let folded = addresses.map { (try? DoNotContactStore.fold($0, channel)) ?? "" }
        // Digests are slow to make, and few workspaces have bans of erased persons.
        let digests =
            try hasDigests(channel, in: connection) ? folded.map(AddressDigest.text) : []
        var banned: Set<String> = []
        for keys in [folded, digests] where !keys.isEmpty {
            let lookup = Lookup(
                table: "do_not_contact",
                key: "address",
                columns: ["address"],
                keys: keys.map(\.sql),
                fixed: [("workspace_id", workspace.sql), ("channel", channel.sql)],
                order: "address"
            )
            try connection.lookup(lookup) { position, _ in banned.insert(addresses[position]) }
        }
        return banned
    }

    /// Whether a ban is kept as a digest: such addresses begin with `sha256:`.
    private func hasDigests(_ channel: ContactChannel, in connection: Connection) throws -> Bool {
        try connection.row(
            """
            SELECT id FROM do_not_contact
            WHERE workspace_id = $1 AND channel = $2 AND address >= $3 AND address < $4 LIMIT 1
            """,
            [workspace, channel, "sha256:", "sha256;"]
        ) != nil
    }

    /// The ban of an address, if there is one.
    func entry(
        _ channel: ContactChannel,
        _ address: String,
        in connection: Connection
    ) throws
        -> DoNotContact?
    {
        let folded = try DoNotContactStore.fold(address, channel)
        return try connection.row(
            """
            SELECT channel, address, reason, created_at FROM do_not_contact
            WHERE workspace_id = $1 AND channel = $2 AND address IN ($3, $4)
            """,
            [workspace, channel, folded, AddressDigest.text(of: folded)]
        ).map(DoNotContact.init)
    }

    /// Keeps the ban of an address as a digest only.
    func forget(_ channel: ContactChannel, _ address: String, in transaction: Transaction) throws {
        let folded = try DoNotContactStore.fold(address, channel)
        guard let entry = try entry(channel, folded, in: transaction) else { return }
        try remove(channel, folded, in: transaction)
        try transaction.execute(
            """
            INSERT INTO do_not_contact (workspace_id, channel, address, reason, created_at, id)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            [
                workspace, channel, AddressDigest.text(of: folded), "erased", entry.createdAt,
                try transaction.allocate(1, .doNotContact, in: workspace),
            ]
        )
    }

    /// An address without blanks around it, in lower case for e-mail.
    private static func fold(_ address: String, _ channel: ContactChannel) throws -> String {
        let folded = channel.folded(address)
        guard !folded.isEmpty, !folded.utf8.contains(0) else {
            throw AudienceError.badValue(
                attribute: "address",
                problem: ValueProblem(.mandatory, "an address is mandatory")
            )
        }
        return folded
    }
}

extension DoNotContact {
    init(_ row: Row) throws {
        self.init(
            channel: try row.get("channel"),
            address: try row.get("address"),
            reason: try row.get("reason"),
            createdAt: try row.get("created_at")
        )
    }
}
