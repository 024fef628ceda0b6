// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database
internal import Messaging

/// Writes down what a report says, once however often it is read.
struct BounceRecorder {
    /// What a report came to.
    enum Outcome: Equatable {
        /// A bounce was recorded.
        case bounce
        /// A complaint was recorded.
        case complaint
        /// It was recorded before.
        case repeated
        /// It is about no contact of this workspace, or does not prove that it is.
        case unknown
        /// It is no report of the kind.
        case other
    }

    let workspace: WorkspaceID
    let key: TrackingKey?

    /// Records a report, by the digest of what was read.
    func record(
        _ report: MailReport,
        digest: String,
        in transaction: Transaction
    ) throws -> Outcome {
        switch report {
        case .other: return .other
        case .bounce(let origin, let status, let words):
            guard let contact = try contact(of: origin, in: transaction) else { return .unknown }
            guard try isNew(digest, in: transaction) else { return .repeated }
            try bounce(contact, status, words, in: transaction)
            return .bounce
        case .complaint(let origin):
            guard let contact = try contact(of: origin, in: transaction) else { return .unknown }
            guard try isNew(digest, in: transaction) else { return .repeated }
            try ActivityStore(workspace)
                .record([Activity(.complaint, of: contact)], in: transaction)
            try QuarantineStore(workspace).note(.complaint, of: contact, in: transaction)
            return .complaint
        }
    }

    private func isNew(_ digest: String, in transaction: Transaction) throws -> Bool {
        try transaction.guarded(
            """
            INSERT INTO bounce_message (workspace_id, digest, seen_at)
            SELECT $1, $2, $3 WHERE true ON CONFLICT DO NOTHING
            """,
            [workspace, digest, transaction.moment]
        )
    }

    private func bounce(
        _ contact: InteractionID,
        _ status: BounceStatus,
        _ words: String,
        in transaction: Transaction
    ) throws {
        try transaction.lock("bounce:\(workspace):\(contact)")
        let last: Int64? = try transaction.value(
            """
            SELECT max(ordinal) FROM activity
            WHERE workspace_id = $1 AND interaction_id = $2 AND kind = $3
            HAVING max(ordinal) IS NOT NULL
            """,
            [workspace, contact, ActivityKind.bounce]
        )
        // Who was erased has no words either: they often hold the address.
        let isErased = try address(of: contact, in: transaction) == nil
        let activity = Activity(
            .bounce,
            of: contact,
            ordinal: last.map { $0 + 1 } ?? 0,
            category: status.category.rawValue,
            status: status.rawValue,
            detail: isErased || words.isEmpty ? nil : words
        )
        try ActivityStore(workspace).record([activity], in: transaction)
        let cause: QuarantineCause = status.category == .hard ? .hardBounce : .softBounce
        try QuarantineStore(workspace).note(cause, of: contact, in: transaction)
    }

    /// The contact that a report proves to be about: by a token of ours, or by a Message-ID with the
    /// address that the contact had.
    private func contact(
        of origin: MailOrigin,
        in connection: Connection
    ) throws -> InteractionID? {
        for text in origin.tokens {
            guard let claim = TrackingClaim(text), claim.workspace == workspace,
                [.bounce, .unsubscribe].contains(claim.purpose), let token = key?.open(claim),
                try exists(token.interaction, in: connection)
            else { continue }
            return token.interaction
        }
        for text in origin.messageIDs {
            guard let contact = named(by: text),
                let address = try address(of: contact, in: connection),
                origin.recipients.contains(address.lowercased())
            else { continue }
            return contact
        }
        return nil
    }

    /// The contact that a Message-ID of ours names.
    private func named(by text: String) -> InteractionID? {
        guard let match = text.wholeMatch(of: #/(\d{1,18})\.(\d{1,18})@.+/#),
            Int64(match.1) == workspace.value, let id = Int64(match.2)
        else { return nil }
        return InteractionID(id)
    }

    private func exists(_ id: InteractionID, in connection: Connection) throws -> Bool {
        let found: Int64? = try connection.value(
            "SELECT 1 FROM interaction WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        )
        return found != nil
    }

    private func address(of id: InteractionID, in connection: Connection) throws -> String? {
        try connection.value(
            """
            SELECT address FROM interaction
            WHERE workspace_id = $1 AND id = $2 AND address IS NOT NULL
            """,
            [workspace, id]
        )
    }
}
