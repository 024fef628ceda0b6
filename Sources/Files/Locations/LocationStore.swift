// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The locations of the workspaces, and access to them.
public struct LocationStore: Sendable {
    /// The name of the built-in transferbox.
    public static let transferboxName = "transferbox"

    /// The locations that were made, as they can be listed.
    public static let listing = Listing(
        from: "location l",
        scope: "l.workspace_id",
        key: "l.id",
        columns: [
            ListingColumn("id", "l.id", .integer), ListingColumn("name", "l.name", .text),
            ListingColumn("kind", "l.kind", .text),
            ListingColumn("settings", "l.configuration", .json),
            ListingColumn("cdate", "l.created_at", .moment),
            ListingColumn("mdate", "l.updated_at", .moment),
        ]
    )

    /// The transferboxes; for their clean-up.
    public let transferboxes: TransferboxKind
    private let kinds: [String: any LocationKind]
    let vault: LocationVault

    /// Makes a store.
    ///
    /// - Parameters:
    ///   - transferboxRoot: The folder that holds the workspaces' transferboxes.
    ///   - kinds: The other kinds of locations; folders by default.
    ///   - vault: Where the secrets of locations lie; none by default.
    ///   - failpoints: Places inside a put into a transferbox where tests can stop the program.
    public init(
        transferboxRoot: String,
        kinds: [any LocationKind]? = nil,
        vault: LocationVault = .none,
        failpoints: Failpoints = .none
    ) {
        self.vault = vault
        transferboxes = TransferboxKind(root: transferboxRoot, failpoints: failpoints)
        let others = kinds ?? [FolderKind(refusedRoots: [transferboxRoot])]
        self.kinds = Dictionary(
            ([transferboxes] + others).map { ($0.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The kinds that this program knows, in alphabetical order.
    public var kindNames: [String] { kinds.keys.sorted() }

    /// Access to a location of a workspace.
    ///
    /// Its calls block, and so does this one, to read the location's secrets: not for use inside a
    /// transaction.
    ///
    /// - Throws: ``FilesError/unknownKind(_:)``,
    ///   ``FilesError/badSetting(kind:setting:reason:)``,
    ///   ``FilesError/noSecret(location:secret:)``, or what system or vault said.
    public func access(
        to record: LocationRecord,
        workspace: WorkspaceID
    ) throws -> any LocationAccess {
        let kind = try kind(of: record.location)
        let secrets = try vault.secrets(kind.secretNames, of: record.id, workspace)
        return try kind.access(to: record.location, workspace: workspace, secrets: secrets)
    }

    /// Access to a location that needs no secrets, such as the transferbox; its calls block.
    ///
    /// - Throws: As ``access(to:workspace:)``.
    public func access(
        for location: Location,
        workspace: WorkspaceID
    ) throws -> any LocationAccess {
        try kind(of: location).access(to: location, workspace: workspace, secrets: .none)
    }

    /// The names of the secrets that locations of a kind take.
    ///
    /// - Throws: ``FilesError/unknownKind(_:)``.
    public func secretNames(of location: Location) throws -> [String] {
        try kind(of: location).secretNames
    }

    /// All locations of a workspace: the transferbox, then the others by name.
    public func list(
        _ workspace: WorkspaceID,
        in connection: Connection
    ) throws
        -> [LocationRecord]
    {
        [Self.transferbox]
            + (try connection.rows(
                """
                SELECT id, name, kind, configuration FROM location WHERE workspace_id = $1
                ORDER BY name
                """,
                [workspace]
            ).map(record))
    }

    /// A location by its id.
    ///
    /// - Throws: ``FilesError/noSuchLocation(_:)``.
    public func find(
        _ id: LocationID,
        _ workspace: WorkspaceID,
        in connection: Connection
    ) throws
        -> LocationRecord
    {
        guard id != .transferbox else { return Self.transferbox }
        let row = try connection.row(
            """
            SELECT id, name, kind, configuration FROM location
            WHERE workspace_id = $1 AND id = $2
            """,
            [workspace, id]
        )
        guard let row else { throw FilesError.noSuchLocation(id.description) }
        return try record(row)
    }

    /// A location by its name.
    ///
    /// - Throws: ``FilesError/noSuchLocation(_:)``.
    public func find(
        named name: String,
        _ workspace: WorkspaceID,
        in connection: Connection
    )
        throws -> LocationRecord
    {
        guard name != Self.transferboxName else { return Self.transferbox }
        let row = try connection.row(
            """
            SELECT id, name, kind, configuration FROM location
            WHERE workspace_id = $1 AND name = $2
            """,
            [workspace, name]
        )
        guard let row else { throw FilesError.noSuchLocation(name) }
        return try record(row)
    }

    private static let transferbox = LocationRecord(
        id: .transferbox,
        name: transferboxName,
        location: .transferbox
    )

    /// The kind of a location.
    func kind(of location: Location) throws -> any LocationKind {
        guard let kind = kinds[location.kind] else {
            throw FilesError.unknownKind(location.kind)
        }
        return kind
    }

    private func record(_ row: Row) throws -> LocationRecord {
        LocationRecord(
            id: try row.get("id"),
            name: try row.get("name"),
            location: Location(
                kind: try row.get("kind"),
                settings: try row.json("configuration")
            )
        )
    }
}
