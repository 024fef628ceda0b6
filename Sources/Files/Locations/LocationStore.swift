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

    /// Makes a store.
    ///
    /// - Parameters:
    ///   - transferboxRoot: The folder that holds the workspaces' transferboxes.
    ///   - kinds: The other kinds of locations; folders by default.
    ///   - failpoints: Places inside a put into a transferbox where tests can stop the program.
    public init(
        transferboxRoot: String,
        kinds: [any LocationKind]? = nil,
        failpoints: Failpoints = .none
    ) {
        transferboxes = TransferboxKind(root: transferboxRoot, failpoints: failpoints)
        let others = kinds ?? [FolderKind(refusedRoots: [transferboxRoot])]
        self.kinds = Dictionary(
            ([transferboxes] + others).map { ($0.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The kinds that this program knows, in alphabetical order.
    public var kindNames: [String] { kinds.keys.sorted() }

    /// Access to a location; its calls block.
    ///
    /// - Throws: ``FilesError/unknownKind(_:)``,
    ///   ``FilesError/badSetting(kind:setting:reason:)``, or what the system said.
    public func access(
        for location: Location,
        workspace: WorkspaceID
    ) throws
        -> any LocationAccess
    {
        try kind(of: location).access(to: location, workspace: workspace)
    }

    /// Adds a location.
    ///
    /// - Throws: ``FilesError/locationNameTaken(_:)``, ``FilesError/badName(_:)``,
    ///   ``FilesError/unknownKind(_:)``, ``FilesError/badSetting(kind:setting:reason:)``.
    public func create(
        _ name: String,
        _ location: Location,
        context: Context,
        in transaction: Transaction
    ) throws -> LocationRecord {
        try check(name, location)
        try checkFree(name, besides: nil, context.workspace, in: transaction)
        let id: LocationID = try transaction.nextID(.location, in: context.workspace)
        try transaction.execute(
            """
            INSERT INTO location (workspace_id, id, name, kind, configuration, created_by,
                created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
            """,
            [
                context.workspace, id, name, location.kind, JSONColumn(location.settings),
                context.actor, context.moment,
            ]
        )
        return LocationRecord(id: id, name: name, location: location)
    }

    /// Gives a location another name and other settings.
    ///
    /// - Throws: As ``create(_:_:context:in:)``, and ``FilesError/noSuchLocation(_:)``,
    ///   ``FilesError/builtIn(_:)``.
    public func update(
        _ id: LocationID,
        name: String,
        _ location: Location,
        context: Context,
        in transaction: Transaction
    ) throws {
        guard id != .transferbox else { throw FilesError.builtIn(Self.transferboxName) }
        try check(name, location)
        try checkFree(name, besides: id, context.workspace, in: transaction)
        let changed = try transaction.guarded(
            """
            UPDATE location SET name = $3, kind = $4, configuration = $5, updated_at = $6
            WHERE workspace_id = $1 AND id = $2
            """,
            [
                context.workspace, id, name, location.kind, JSONColumn(location.settings),
                context.moment,
            ]
        )
        guard changed else { throw FilesError.noSuchLocation(id.description) }
    }

    /// Removes a location; whoever still uses it has to be asked before.
    ///
    /// - Throws: ``FilesError/noSuchLocation(_:)``, ``FilesError/builtIn(_:)``.
    public func delete(_ id: LocationID, context: Context, in transaction: Transaction) throws {
        guard id != .transferbox else { throw FilesError.builtIn(Self.transferboxName) }
        guard
            try transaction.guarded(
                "DELETE FROM location WHERE workspace_id = $1 AND id = $2",
                [context.workspace, id]
            )
        else { throw FilesError.noSuchLocation(id.description) }
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

    private func kind(of location: Location) throws -> any LocationKind {
        guard let kind = kinds[location.kind] else {
            throw FilesError.unknownKind(location.kind)
        }
        return kind
    }

    private func check(_ name: String, _ location: Location) throws {
        try FileName.check(name)
        guard name != Self.transferboxName else { throw FilesError.locationNameTaken(name) }
        guard location.kind != transferboxes.name else { throw FilesError.builtIn(location.kind) }
        try kind(of: location).check(location)
    }

    private func checkFree(
        _ name: String,
        besides own: LocationID?,
        _ workspace: WorkspaceID,
        in connection: Connection
    ) throws {
        let holder: LocationID? = try connection.value(
            "SELECT id FROM location WHERE workspace_id = $1 AND name = $2",
            [workspace, name]
        )
        guard holder == nil || holder == own else { throw FilesError.locationNameTaken(name) }
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
