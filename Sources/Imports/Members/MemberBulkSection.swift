// SPDX-License-Identifier: Apache-2.0
public import Audience
public import Common
public import Database

/// The members that bulks brought, with their errors, as long as they are kept: 24 hours.
public struct MemberBulkSection: DossierSection {
    /// Makes the section.
    public init() {}

    /// `Members of bulks`.
    public var title: String { "Members of bulks" }

    /// Bulks, whose errors hold values, and their payloads.
    public var relations: [String] { ["member_bulk", "member_bulk_payload"] }

    /// The members that name a person, and the errors under the person's identifiers.
    ///
    /// All kept payloads of the workspace are read: this is for one person at a time.
    public func entries(
        for person: DossierPerson,
        in connection: Connection
    ) throws
        -> [DossierEntry]
    {
        try kept(person.table.workspace, connection).flatMap { bulk in
            let names = MemberNames(person)
            let members = try names.members(in: bulk.payload).map { index, text in
                DossierEntry(
                    "member",
                    at: bulk.createdAt,
                    bulk.fields + [.init("index", "\(index)"), .init("member", text)]
                )
            }
            let errors = try names.split(bulk.errors).named
            guard !errors.isEmpty else { return members }
            return members + [
                DossierEntry(
                    "errors",
                    at: bulk.createdAt,
                    bulk.fields + [.init("errors", try JSONText.encode(errors))]
                )
            ]
        }
    }

    /// Takes the members out of bulks that have run; those of bulks that wait are still needed.
    public func erase(
        _ person: DossierPerson,
        by context: Context,
        in transaction: Transaction
    ) throws -> [String] {
        let names = MemberNames(person)
        var waiting = 0
        for bulk in try kept(context.workspace, transaction) {
            let members = try names.members(in: bulk.payload)
            if !members.isEmpty, bulk.isWaiting {
                waiting += 1
            } else if !members.isEmpty {
                try transaction.execute(
                    """
                    UPDATE member_bulk_payload SET members = $3
                    WHERE workspace_id = $1 AND bulk_id = $2
                    """,
                    [
                        context.workspace, bulk.id,
                        try BulkPayload.pack(try names.without(bulk.payload)),
                    ]
                )
            }
            let errors = try names.split(bulk.errors)
            guard !errors.named.isEmpty else { continue }
            try transaction.execute(
                "UPDATE member_bulk SET errors = $3 WHERE workspace_id = $1 AND id = $2",
                [context.workspace, bulk.id, try JSONText.encode(errors.others)]
            )
        }
        guard waiting > 0 else { return [] }
        return ["\(waiting) bulks of members wait to run and may bring the person in again."]
    }

    /// A bulk whose payload is kept.
    private struct Kept {
        var id: MemberBulkID
        var importID: String
        var createdAt: Instant
        var isWaiting: Bool
        var errors: String?
        var payload: [UInt8]

        var fields: [DossierEntry.Field] {
            [.init("import_id", importID), .init("bulk", "\(id)")]
        }
    }

    private func kept(_ workspace: WorkspaceID, _ connection: Connection) throws -> [Kept] {
        try connection.rows(
            """
            SELECT b.id, b.import_id, b.created_at, b.status, b.errors, p.members
            FROM member_bulk b
            JOIN member_bulk_payload p ON p.workspace_id = b.workspace_id AND p.bulk_id = b.id
            WHERE b.workspace_id = $1 AND b.erased_at IS NULL ORDER BY b.id
            """,
            [workspace]
        ).map { row in
            let status: BulkStatus = try row.get("status")
            return Kept(
                id: try row.get("id"),
                importID: try row.get("import_id"),
                createdAt: try row.get("created_at"),
                isWaiting: status == .waiting || status == .waitingForRetry,
                errors: try row.get("errors"),
                payload: try BulkPayload.members(in: row) ?? []
            )
        }
    }
}
