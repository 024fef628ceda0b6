// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
public import Messaging

/// A key by which a domain signs its mails; the private half is sealed elsewhere.
public struct DKIMDomain: Sendable, Hashable {
    /// Its number.
    public var id: Int64
    /// The domain.
    public var domain: String
    /// Which of the domain's keys.
    public var selector: String
    /// How it signs.
    public var algorithm: DKIMAlgorithm
    /// The text of its DNS record, which holds the public half.
    public var record: String
    /// Whether mails are signed by it.
    public var isActive: Bool
    /// When it was made.
    public var createdAt: Instant

    /// Where the record stands in the DNS.
    public var recordName: String { "\(selector)._domainkey.\(domain)" }

    /// The name under which the private half is sealed.
    public var secretName: String { "dkim key \(id)" }
}

/// The signing keys of a workspace's domains.
public struct DKIMStore: Sendable {
    private let workspace: WorkspaceID

    /// The keys of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Keeps the public half of a key; the caller seals the private one in the same transaction.
    ///
    /// It is not used until ``setActive(_:_:in:)``: its record has to be in the DNS before.
    ///
    /// - Throws: ``CampaignError/refused(attribute:reason:)``.
    public func create(
        domain: String,
        selector: String,
        _ key: DKIMKey,
        by context: Context,
        in transaction: Transaction
    ) throws -> DKIMDomain {
        guard let name = DKIMNames.domain(domain) else {
            throw CampaignError.refused(attribute: "domain", reason: "must be a domain")
        }
        guard let selector = DKIMNames.selector(selector) else {
            throw CampaignError.refused(
                attribute: "selector",
                reason: "must be 1 to 63 letters, digits and inner hyphens"
            )
        }
        let made = DKIMDomain(
            id: try transaction.allocate(1, .dkimKey, in: workspace),
            domain: name,
            selector: selector,
            algorithm: key.algorithm,
            record: key.record,
            isActive: false,
            createdAt: context.moment
        )
        let isNew = try transaction.guarded(
            """
            INSERT INTO dkim_key (workspace_id, id, domain, selector, algorithm, record, is_active,
                created_at)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE true ON CONFLICT DO NOTHING
            """,
            [
                workspace, made.id, name, selector, key.algorithm.rawValue, made.record, false,
                context.moment,
            ]
        )
        guard isNew else {
            throw CampaignError.refused(
                attribute: "selector",
                reason: "\(name) has a key \(selector) already"
            )
        }
        return made
    }

    /// Signs with a key from now on, or no more.
    ///
    /// - Throws: ``CampaignError/refused(attribute:reason:)`` when there is no such key.
    public func setActive(_ id: Int64, _ isActive: Bool, in transaction: Transaction) throws {
        let isThere = try transaction.guarded(
            "UPDATE dkim_key SET is_active = $3 WHERE workspace_id = $1 AND id = $2",
            [workspace, id, isActive]
        )
        guard isThere else {
            throw CampaignError.refused(attribute: "id", reason: "there is no key \(id)")
        }
    }

    /// Forgets a key; the caller forgets the private half.
    public func delete(_ id: Int64, in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM dkim_key WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        )
    }

    /// All keys in the order of their numbers.
    public func all(in connection: Connection) throws -> [DKIMDomain] {
        try connection.rows(
            """
            SELECT id, domain, selector, algorithm, record, is_active, created_at FROM dkim_key
            WHERE workspace_id = $1 ORDER BY id
            """,
            [workspace]
        ).map(DKIMDomain.init)
    }

    /// The active keys that answer for a sender's domain: of the nearest domain that has any.
    func keys(for sender: String, in connection: Connection) throws -> [DKIMDomain] {
        let able = try all(in: connection).filter {
            $0.isActive && DKIMNames.answers($0.domain, for: sender)
        }
        let nearest = able.map(\.domain.utf8.count).max()
        return able.filter { $0.domain.utf8.count == nearest }
    }

    /// The keys as they can be listed.
    public static let listing = Listing(
        from: "dkim_key k",
        scope: "k.workspace_id",
        key: "k.id",
        columns: [
            ListingColumn("id", "k.id", .integer), ListingColumn("domain", "k.domain", .text),
            ListingColumn("selector", "k.selector", .text),
            ListingColumn("algorithm", "k.algorithm", .text),
            ListingColumn("record", "k.record", .text),
            ListingColumn("active", "k.is_active", .boolean),
            ListingColumn("cdate", "k.created_at", .moment),
        ]
    )
}

extension DKIMDomain {
    init(_ row: Row) throws {
        let word: String = try row.get("algorithm")
        id = try row.get("id")
        domain = try row.get("domain")
        selector = try row.get("selector")
        algorithm = DKIMAlgorithm(rawValue: word) ?? .rsa
        record = try row.get("record")
        isActive = try row.get("is_active")
        createdAt = try row.get("created_at")
    }
}

extension CampaignSchema {
    static let signing = Migration(id: "dkim-1", steps: [.createTable(dkimKey)])

    static let dkimKey = TableDefinition(
        "dkim_key",
        columns: [
            .integer("workspace_id"), .integer("id"), .text("domain"), .text("selector"),
            .text("algorithm"), .text("record"), .boolean("is_active"), .moment("created_at"),
        ],
        primaryKey: ["workspace_id", "id"],
        indexes: [
            IndexDefinition(
                "dkim_key_name",
                ["workspace_id", "domain", "selector"],
                isUnique: true
            )
        ]
    )
}

extension IDKind {
    static let dkimKey = IDKind(rawValue: "dkim_key")
}
