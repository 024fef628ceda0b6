// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

extension LocationStore {
    /// Adds a location.
    ///
    /// - Parameters:
    ///   - name: Its name, unique in the workspace.
    ///   - location: Its kind and settings.
    ///   - secrets: Its secrets, which go into the vault.
    ///   - context: Who adds it.
    ///   - transaction: Where it is written.
    /// - Returns: The location with its id.
    /// - Throws: ``FilesError/locationNameTaken(_:)``, ``FilesError/badName(_:)``,
    ///   ``FilesError/unknownKind(_:)``, ``FilesError/badSetting(kind:setting:reason:)``.
    public func create(
        _ name: String,
        _ location: Location,
        secrets: LocationSecrets = .none,
        context: Context,
        in transaction: Transaction
    ) throws -> LocationRecord {
        try check(name, location, secrets, in: transaction)
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
        try keep(secrets, of: id, context, in: transaction)
        return LocationRecord(id: id, name: name, location: location)
    }

    /// Gives a location another name, other settings, and the secrets that are named; an empty one
    /// is forgotten.
    ///
    /// Settings that lead to another server or user forget all secrets that are not given anew: they
    /// were meant for the one before.
    ///
    /// - Throws: As ``create(_:_:secrets:context:in:)``, and ``FilesError/noSuchLocation(_:)``,
    ///   ``FilesError/builtIn(_:)``.
    public func update(
        _ id: LocationID,
        name: String,
        _ location: Location,
        secrets: LocationSecrets = .none,
        context: Context,
        in transaction: Transaction
    ) throws {
        guard id != .transferbox else { throw FilesError.builtIn(Self.transferboxName) }
        try check(name, location, secrets, in: transaction)
        try checkFree(name, besides: id, context.workspace, in: transaction)
        let present = try find(id, context.workspace, in: transaction)
        try transaction.execute(
            """
            UPDATE location SET name = $3, kind = $4, configuration = $5, updated_at = $6
            WHERE workspace_id = $1 AND id = $2
            """,
            [
                context.workspace, id, name, location.kind, JSONColumn(location.settings),
                context.moment,
            ]
        )
        if try leadsElsewhere(present.location, location) {
            try forget(present, context, in: transaction)
        }
        try keep(secrets, of: id, context, in: transaction)
    }

    /// Notes the key by which a location's server has to prove itself from now on.
    ///
    /// - Throws: ``FilesError/noSuchLocation(_:)``,
    ///   ``FilesError/badSetting(kind:setting:reason:)`` for a kind without such keys.
    public func trust(
        _ hostKey: String,
        _ id: LocationID,
        context: Context,
        in transaction: Transaction
    ) throws {
        let present = try find(id, context.workspace, in: transaction)
        guard present.location.kind == SFTPKind().name else {
            throw FilesError.badSetting(
                kind: present.location.kind,
                setting: SFTPKind.hostKeySetting,
                reason: "only SFTP servers prove themselves by such a key"
            )
        }
        var settings = present.location.settings
        settings[SFTPKind.hostKeySetting] = hostKey
        try update(
            id,
            name: present.name,
            Location(kind: present.location.kind, settings: settings),
            context: context,
            in: transaction
        )
    }

    /// Removes a location and its secrets; whoever still uses it has to be asked before.
    ///
    /// - Throws: ``FilesError/noSuchLocation(_:)``, ``FilesError/builtIn(_:)``.
    public func delete(_ id: LocationID, context: Context, in transaction: Transaction) throws {
        guard id != .transferbox else { throw FilesError.builtIn(Self.transferboxName) }
        try forget(try find(id, context.workspace, in: transaction), context, in: transaction)
        try transaction.execute(
            "DELETE FROM location WHERE workspace_id = $1 AND id = $2",
            [context.workspace, id]
        )
    }

    private func check(
        _ name: String,
        _ location: Location,
        _ secrets: LocationSecrets,
        in connection: Connection
    ) throws {
        try FileName.check(name)
        guard name != Self.transferboxName else { throw FilesError.locationNameTaken(name) }
        guard location.kind != transferboxes.name else { throw FilesError.builtIn(location.kind) }
        let kind = try kind(of: location)
        try kind.check(location, in: connection)
        for name in secrets.names {
            guard kind.secretNames.contains(name), (secrets[name] ?? "").utf8.count <= 16_384
            else {
                throw FilesError.badSetting(
                    kind: kind.name,
                    setting: "secrets",
                    reason: kind.secretNames.isEmpty
                        ? "it takes none"
                        : "it takes \(kind.secretNames.joined(separator: ", ")), each up to 16 KB"
                )
            }
        }
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

    private func leadsElsewhere(_ old: Location, _ new: Location) throws -> Bool {
        guard old.kind == new.kind else { return true }
        return try kind(of: new).leadsElsewhere(old, new)
    }

    private func keep(
        _ secrets: LocationSecrets,
        of id: LocationID,
        _ context: Context,
        in transaction: Transaction
    ) throws {
        for name in secrets.names {
            let value = secrets[name].flatMap { $0.isEmpty ? nil : $0 }
            let place = LocationVault.name(id, name)
            try vault.write(context.workspace, place, value, context, transaction)
        }
    }

    private func forget(
        _ record: LocationRecord,
        _ context: Context,
        in transaction: Transaction
    ) throws {
        // A kind that this program no longer knows has secrets that it cannot name.
        for name in (try? kind(of: record.location).secretNames) ?? [] {
            let place = LocationVault.name(record.id, name)
            try vault.write(context.workspace, place, nil, context, transaction)
        }
    }
}
