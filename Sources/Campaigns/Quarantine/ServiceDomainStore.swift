// SPDX-License-Identifier: Apache-2.0
internal import Audience
public import Common
public import Database

/// The domains of one workspace whose addresses belong to nobody in particular: those that take mail
/// for any name, or for services only (spec/campaigns.md, CATCH_ALL_DOMAIN).
public struct ServiceDomainStore: Sendable {
    let workspace: WorkspaceID

    /// The service domains of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Puts a domain on the list; its subdomains are domains of their own.
    ///
    /// - Returns: Its number; nil when it is on the list already.
    /// - Throws: ``CampaignError/refused(attribute:reason:)``.
    @discardableResult
    public func add(
        _ domain: String,
        by context: Context,
        in transaction: Transaction
    ) throws -> Int64? {
        let folded = try ServiceDomainStore.fold(domain)
        let id = try transaction.allocate(1, .serviceDomain, in: workspace)
        let isNew = try transaction.guarded(
            """
            INSERT INTO service_domain (workspace_id, domain, id, created_at, created_by)
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (workspace_id, domain) DO NOTHING
            """,
            [workspace, folded, id, context.moment, context.actor]
        )
        return isNew ? id : nil
    }

    /// Takes a domain off the list.
    ///
    /// - Returns: Whether it was on it.
    /// - Throws: ``CampaignError/refused(attribute:reason:)``.
    @discardableResult
    public func remove(_ domain: String, in transaction: Transaction) throws -> Bool {
        try transaction.guarded(
            "DELETE FROM service_domain WHERE workspace_id = $1 AND domain = $2",
            [workspace, try ServiceDomainStore.fold(domain)]
        )
    }

    /// Takes a domain off the list by its number.
    public func remove(_ id: Int64, in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM service_domain WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        )
    }

    /// The number of a domain on the list.
    ///
    /// - Throws: ``CampaignError/refused(attribute:reason:)``.
    public func id(of domain: String, in connection: Connection) throws -> Int64? {
        try connection.value(
            "SELECT id FROM service_domain WHERE workspace_id = $1 AND domain = $2",
            [workspace, try ServiceDomainStore.fold(domain)]
        )
    }

    /// All domains, in lower case.
    public func all(in connection: Connection) throws -> [String] {
        try connection.rows(
            "SELECT domain FROM service_domain WHERE workspace_id = $1 ORDER BY domain",
            [workspace]
        ).map { try $0.get(0) }
    }

    /// The domains as they can be listed.
    public static let listing = Listing(
        from: "service_domain d",
        scope: "d.workspace_id",
        key: "d.id",
        columns: [
            ListingColumn("id", "d.id", .integer), ListingColumn("domain", "d.domain", .text),
            ListingColumn("cdate", "d.created_at", .moment),
        ]
    )

    /// A domain in lower case without blanks around it, nor a dot at its end.
    private static func fold(_ domain: String) throws -> String {
        let folded = ContactChannel.email.folded(domain)
        let name = folded.hasSuffix(".") ? String(folded.dropLast()) : folded
        let isPlain = name.unicodeScalars.allSatisfy {
            $0 == "." || $0 == "-" || $0.properties.isAlphabetic || ("0"..."9").contains($0)
        }
        guard isPlain, name.contains("."), !name.hasPrefix("."), !name.contains(".."),
            name.utf8.count <= 253
        else {
            throw CampaignError.refused(
                attribute: "domain",
                reason: "a domain is written such as example.com"
            )
        }
        return name
    }
}

extension IDKind {
    static let serviceDomain = IDKind(rawValue: "service_domain")
}
