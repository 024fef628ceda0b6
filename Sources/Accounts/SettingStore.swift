// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The settings of one workspace.
public struct SettingStore: Sendable {
    let workspace: WorkspaceID

    /// The settings of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// A setting's value; its default when nobody has set it, or when what was set is no longer
    /// allowed.
    public func value<Value>(_ setting: Setting<Value>, in connection: Connection) throws -> Value {
        let text: String? = try connection.value(
            "SELECT value FROM setting WHERE workspace_id = $1 AND name = $2",
            [workspace, setting.name]
        )
        guard let text, let value = Value(text), setting.accepts(value) else {
            return setting.standard
        }
        return value
    }

    /// Sets a setting.
    ///
    /// - Throws: ``AccountsError/invalid(field:rule:)``.
    public func set<Value>(
        _ setting: Setting<Value>,
        to value: Value,
        by context: Context,
        in transaction: Transaction
    ) throws {
        try set(AnySetting(setting), to: value.description, context, transaction)
    }

    /// Sets a setting by name, its value as text.
    ///
    /// - Throws: ``AccountsError/noSuchSetting(_:)`` or ``AccountsError/invalid(field:rule:)``.
    public func set(
        _ name: String,
        toText text: String,
        by context: Context,
        in transaction: Transaction
    ) throws {
        guard let setting = AnySetting.all.first(where: { $0.name == name }) else {
            throw AccountsError.noSuchSetting(name)
        }
        try set(setting, to: text, context, transaction)
    }

    /// The text of every setting by name, defaults included.
    public func all(in connection: Connection) throws -> [String: String] {
        var values = Dictionary(
            AnySetting.all.map { ($0.name, $0.standard) },
            uniquingKeysWith: { first, _ in first }
        )
        let rows = try connection.rows(
            "SELECT name, value FROM setting WHERE workspace_id = $1",
            [workspace]
        )
        for row in rows {
            let name: String = try row.get("name")
            let text: String = try row.get("value")
            guard AnySetting.all.contains(where: { $0.name == name && $0.accepts(text) }) else {
                continue
            }
            values[name] = text
        }
        return values
    }

    private func set(
        _ setting: AnySetting,
        to text: String,
        _ context: Context,
        _ transaction: Transaction
    ) throws {
        guard setting.accepts(text) else {
            throw AccountsError.invalid(field: setting.name, rule: setting.rule)
        }
        try transaction.execute(
            """
            INSERT INTO setting (workspace_id, name, value, changed_at)
            SELECT $1, $2, $3, $4 WHERE true
            ON CONFLICT (workspace_id, name) DO UPDATE
            SET value = excluded.value, changed_at = excluded.changed_at
            """,
            [workspace, setting.name, text, context.moment]
        )
        try AuditLog(workspace).record(
            "setting.set",
            subject: "setting \(setting.name)",
            details: ["value": text],
            by: context,
            in: transaction
        )
    }
}
