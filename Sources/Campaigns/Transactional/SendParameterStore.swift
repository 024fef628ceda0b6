// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database
internal import Messaging

/// What a caller said of single recipients of a send: it wins over their attributes.
///
/// Kept until the send has ended with nothing in doubt, and forgotten with the person.
struct SendParameterStore {
    let workspace: WorkspaceID
    let send: SendID

    /// The most bytes of JSON that one recipient's parameters may have.
    static let limit = 32_768

    static let table = TableDefinition(
        "send_parameter",
        columns: [
            .integer("workspace_id"), .integer("send_id"), .integer("profile_id"),
            .text("content"),
        ],
        primaryKey: ["workspace_id", "send_id", "profile_id"],
        isClustered: true,
        indexes: [IndexDefinition("send_parameter_profile", ["workspace_id", "profile_id"])]
    )

    /// Keeps the parameters of recipients.
    ///
    /// - Throws: ``CampaignError/refused(attribute:reason:)`` when they are too long.
    func keep(
        _ parameters: [ProfileID: [String: PersonalisationValue]],
        in transaction: Transaction
    ) throws {
        let given = parameters.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
        guard !given.isEmpty else { return }
        let writer = try transaction.insertion(
            into: "send_parameter",
            columns: ["workspace_id", "send_id", "profile_id", "content"]
        )
        for (profile, values) in given {
            let text = try JSONText.encode(values)
            guard text.utf8.count <= SendParameterStore.limit else {
                throw CampaignError.refused(
                    attribute: "recipients",
                    reason: "the parameters of the profile \(profile) are longer than 32 KiB"
                )
            }
            writer.integer(workspace.value)
            writer.integer(send.value)
            writer.integer(profile.value)
            writer.value(.text(text))
            try writer.endRow()
        }
        try writer.finish()
    }

    /// The parameters of recipients by their position; nothing of those without any.
    func parameters(
        of profiles: [ProfileID],
        in connection: Connection
    ) throws -> [Int: [String: PersonalisationValue]] {
        let any = try connection.row(
            "SELECT profile_id FROM send_parameter WHERE workspace_id = $1 AND send_id = $2 LIMIT 1",
            [workspace, send]
        )
        guard any != nil else { return [:] }
        var found: [Int: [String: PersonalisationValue]] = [:]
        let lookup = Lookup(
            table: "send_parameter",
            key: "profile_id",
            columns: ["content"],
            keys: profiles.map(\.sql),
            fixed: [("workspace_id", workspace.sql), ("send_id", send.sql)],
            order: "profile_id"
        )
        try connection.lookup(lookup) { position, cursor in
            guard let text = cursor.text(0) else { return }
            found[position] = try JSONText.decode([String: PersonalisationValue].self, from: text)
        }
        return found
    }

    /// All that was said of a profile and is not forgotten yet, JSON.
    static func all(
        of profile: ProfileID,
        in workspace: WorkspaceID,
        _ connection: Connection
    ) throws -> [String] {
        try connection.rows(
            """
            SELECT content FROM send_parameter
            WHERE workspace_id = $1 AND profile_id = $2 ORDER BY send_id
            """,
            [workspace, profile]
        ).map { try $0.get(0) }
    }

    /// Forgets them all.
    func forget(in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM send_parameter WHERE workspace_id = $1 AND send_id = $2",
            [workspace, send]
        )
    }
}
