// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database
internal import Messaging

/// Writes down what a report says, once however often it is read.
///
/// Workspaces share the installation's return path, so that a mailbox holds reports about the mails of all
/// of them: each is recorded in the workspace whose key signed what it brings back.
struct BounceRecorder: Sendable {
    /// The key of a workspace.
    typealias Key = @Sendable (WorkspaceID, Transaction) throws -> TrackingKey?

    /// What a report came to.
    enum Outcome: Equatable {
        /// A bounce was recorded.
        case bounce
        /// A complaint was recorded.
        case complaint
        /// It was recorded before.
        case repeated
        /// It is about no contact that it may tell of, or does not prove that it is.
        case unknown
        /// It is no report of the kind.
        case other

        /// Whether the mail stays for a person.
        var isKept: Bool { self == .unknown || self == .other }
    }

    /// How long it is remembered what was recorded, should a mail come again.
    private static let memory = Span.days(60)

    /// Whose reports are read.
    let workspace: WorkspaceID
    /// Whether they may tell of mails of other workspaces.
    let isShared: Bool
    let key: Key

    /// A contact of one workspace or another.
    fileprivate struct Contact {
        var workspace: WorkspaceID
        var id: InteractionID
    }

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
            guard try isNew(digest, contact, in: transaction) else { return .repeated }
            try bounce(contact, status, words, in: transaction)
            return .bounce
        case .complaint(let origin):
            guard let contact = try contact(of: origin, in: transaction) else { return .unknown }
            guard try isNew(digest, contact, in: transaction) else { return .repeated }
            try ActivityStore(contact.workspace)
                .record([Activity(.complaint, of: contact.id)], in: transaction)
            try QuarantineStore(contact.workspace)
                .note(.complaint, of: contact.id, in: transaction)
            return .complaint
        }
    }

    private func isNew(
        _ digest: String,
        _ contact: Contact,
        in transaction: Transaction
    ) throws -> Bool {
        // Another workspace may have no mailbox whose collection forgets.
        if contact.workspace != workspace { try forget(in: contact.workspace, transaction) }
        return try transaction.guarded(
            """
            INSERT INTO bounce_message (workspace_id, digest, seen_at)
            SELECT $1, $2, $3 WHERE true ON CONFLICT DO NOTHING
            """,
            [contact.workspace, digest, transaction.moment]
        )
    }

    /// Forgets what a workspace recorded long ago, which comes no more.
    func forget(in workspace: WorkspaceID, _ transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM bounce_message WHERE workspace_id = $1 AND seen_at < $2",
            [workspace, transaction.moment - BounceRecorder.memory]
        )
    }

    private func bounce(
        _ contact: Contact,
        _ status: BounceStatus,
        _ words: String,
        in transaction: Transaction
    ) throws {
        try transaction.lock("bounce:\(contact.workspace):\(contact.id)")
        let last: Int64? = try transaction.value(
            """
            SELECT max(ordinal) FROM activity
            WHERE workspace_id = $1 AND interaction_id = $2 AND kind = $3
            HAVING max(ordinal) IS NOT NULL
            """,
            [contact.workspace, contact.id, ActivityKind.bounce]
        )
        // Who was erased has no words either: they often hold the address.
        let isErased = try address(of: contact, in: transaction) == nil
        let activity = Activity(
            .bounce,
            of: contact.id,
            ordinal: last.map { $0 + 1 } ?? 0,
            category: status.category.rawValue,
            status: status.rawValue,
            detail: isErased || words.isEmpty ? nil : words
        )
        try ActivityStore(contact.workspace).record([activity], in: transaction)
        let cause: QuarantineCause = status.category == .hard ? .hardBounce : .softBounce
        try QuarantineStore(contact.workspace).note(cause, of: contact.id, in: transaction)
    }

    /// The contact that a report proves to be about: by a token of ours, or by a Message-ID with the
    /// address that the contact had.
    private func contact(of origin: MailOrigin, in transaction: Transaction) throws -> Contact? {
        for text in origin.tokens {
            guard let claim = TrackingClaim(text),
                [.bounce, .unsubscribe].contains(claim.purpose),
                try serves(claim.workspace, in: transaction),
                let token = try key(claim.workspace, transaction)?.open(claim)
            else { continue }
            let contact = Contact(workspace: token.workspace, id: token.interaction)
            if try exists(contact, in: transaction) { return contact }
        }
        for text in origin.messageIDs {
            guard let contact = Contact(messageID: text),
                try serves(contact.workspace, in: transaction),
                let address = try address(of: contact, in: transaction),
                origin.recipients.contains(address.lowercased())
            else { continue }
            return contact
        }
        return nil
    }

    /// Whether a report may be about a workspace's mails; a key is asked for, and made, of those alone
    /// that have sent something.
    private func serves(_ named: WorkspaceID, in connection: Connection) throws -> Bool {
        guard named != workspace else { return true }
        guard isShared else { return false }
        let found: Int64? = try connection.value(
            "SELECT 1 FROM send WHERE workspace_id = $1 LIMIT 1",
            [named]
        )
        return found != nil
    }

    private func exists(_ contact: Contact, in connection: Connection) throws -> Bool {
        let found: Int64? = try connection.value(
            "SELECT 1 FROM interaction WHERE workspace_id = $1 AND id = $2",
            [contact.workspace, contact.id]
        )
        return found != nil
    }

    private func address(of contact: Contact, in connection: Connection) throws -> String? {
        try connection.value(
            """
            SELECT address FROM interaction
            WHERE workspace_id = $1 AND id = $2 AND address IS NOT NULL
            """,
            [contact.workspace, contact.id]
        )
    }
}

extension BounceRecorder.Contact {
    /// The contact that a Message-ID of ours names.
    fileprivate init?(messageID text: String) {
        guard let match = text.wholeMatch(of: #/(\d{1,18})\.(\d{1,18})@.+/#),
            let workspace = Int64(match.1), let id = Int64(match.2)
        else { return nil }
        self.init(workspace: WorkspaceID(workspace), id: InteractionID(id))
    }
}
