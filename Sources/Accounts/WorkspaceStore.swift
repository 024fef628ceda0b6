// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The workspaces of the installation.
public struct WorkspaceStore: Sendable {
    /// The store of all workspaces.
    public init() {}

    /// Makes a workspace.
    ///
    /// The audit log of the new workspace begins with it, whatever workspace the context names.
    ///
    /// - Parameters:
    ///   - name: The name that people see.
    ///   - technicalName: The name that programs use; lower-case ASCII, unique.
    ///   - defaultCountryCode: The calling code of national mobile numbers, digits only.
    ///   - context: Who makes it.
    ///   - transaction: Where it is made.
    /// - Returns: The new workspace.
    /// - Throws: ``AccountsError/taken(field:)`` or ``AccountsError/invalid(field:rule:)``.
    public func create(
        name: String,
        technicalName: String,
        defaultCountryCode: String? = nil,
        by context: Context,
        in transaction: Transaction
    ) throws -> Workspace {
        let technicalName = try FieldRules.technicalName(technicalName)
        guard try workspace(named: technicalName, in: transaction) == nil else {
            throw AccountsError.taken(field: "technicalName")
        }
        let workspace = Workspace(
            id: try transaction.nextID(.workspace, in: WorkspaceID(0)),
            name: try FieldRules.name(name),
            technicalName: technicalName,
            defaultCountryCode: try defaultCountryCode.map(FieldRules.countryCode),
            createdAt: context.moment
        )
        try insert(workspace, in: transaction)
        var own = context
        own.workspace = workspace.id
        try AuditLog(workspace.id).record(
            "workspace.create",
            subject: subject(workspace.id),
            details: ["name": workspace.name, "technicalName": technicalName],
            by: own,
            in: transaction
        )
        return workspace
    }

    /// Takes a workspace that has moved to another installation off the list; its rows stay.
    public func forget(_ workspace: WorkspaceID, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM workspace WHERE workspace_id = $1", [workspace])
    }

    /// Changes a workspace's name and default country code.
    ///
    /// - Throws: ``AccountsError/noSuchWorkspace`` or ``AccountsError/invalid(field:rule:)``.
    public func update(
        _ workspace: Workspace,
        by context: Context,
        in transaction: Transaction
    )
        throws
    {
        let name = try FieldRules.name(workspace.name)
        let code = try workspace.defaultCountryCode.map(FieldRules.countryCode)
        let isKnown = try transaction.guarded(
            "UPDATE workspace SET name = $1, default_country_code = $2 WHERE workspace_id = $3",
            [name, code, workspace.id]
        )
        guard isKnown else { throw AccountsError.noSuchWorkspace }
        try AuditLog(workspace.id).record(
            "workspace.update",
            subject: subject(workspace.id),
            details: ["name": name, "defaultCountryCode": code ?? ""],
            by: context,
            in: transaction
        )
    }

    /// All workspaces in the order in which they were made.
    public func all(in connection: Connection) throws -> [Workspace] {
        try connection.rows("\(WorkspaceStore.selection) ORDER BY workspace_id").map(read)
    }

    /// One workspace.
    ///
    /// - Throws: ``AccountsError/noSuchWorkspace``.
    public func workspace(_ id: WorkspaceID, in connection: Connection) throws -> Workspace {
        let row = try connection.row("\(WorkspaceStore.selection) WHERE workspace_id = $1", [id])
        guard let row else { throw AccountsError.noSuchWorkspace }
        return try read(row)
    }

    /// The workspace with a technical name, if there is one.
    public func workspace(
        named technicalName: String,
        in connection: Connection
    ) throws
        -> Workspace?
    {
        try connection.row(
            "\(WorkspaceStore.selection) WHERE technical_name = $1",
            [technicalName]
        ).map(read)
    }

    private static let selection = """
        SELECT workspace_id, name, technical_name, default_country_code, created_at FROM workspace
        """

    private func insert(_ workspace: Workspace, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO workspace
                (workspace_id, name, technical_name, default_country_code, created_at)
            VALUES ($1, $2, $3, $4, $5)
            """,
            [
                workspace.id, workspace.name, workspace.technicalName,
                workspace.defaultCountryCode, workspace.createdAt,
            ]
        )
    }

    private func read(_ row: Row) throws -> Workspace {
        Workspace(
            id: try row.get("workspace_id"),
            name: try row.get("name"),
            technicalName: try row.get("technical_name"),
            defaultCountryCode: try row.get("default_country_code"),
            createdAt: try row.get("created_at")
        )
    }

    private func subject(_ id: WorkspaceID) -> String { "workspace \(id)" }
}
