// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
public import Messaging

/// What mails need from rooms that this one does not know; given by the composition root.
public struct MailGround: Sendable {
    /// The address under which the world reaches the installation; nil for no tracking: mails go
    /// without pixel, tracked links and unsubscribe header.
    let publicURL: String?
    /// The key of a workspace; made when there is none.
    let key: @Sendable (WorkspaceID, Transaction) throws -> TrackingKey
    /// The mailbox into which mails come back, each by a return path of its own (VERP).
    ///
    /// Nil to let them come back to the sender's address.
    let bounceAddress: EmailAddress?
    /// A sealed secret by its name.
    let secret: @Sendable (String, WorkspaceID, Connection) throws -> String?

    /// Brings them together.
    public init(
        publicURL: String?,
        bounceAddress: EmailAddress? = nil,
        key: @escaping @Sendable (WorkspaceID, Transaction) throws -> TrackingKey,
        secret: @escaping @Sendable (String, WorkspaceID, Connection) throws -> String? = {
            _,
            _,
            _ in nil
        }
    ) {
        self.publicURL = publicURL
        self.bounceAddress = bounceAddress
        self.key = key
        self.secret = secret
    }

    /// Mails as their authors wrote them.
    public static let plain = MailGround(
        publicURL: nil,
        key: { _, _ in
            throw MessagingError.setting(name: "public address", problem: "is not set")
        }
    )

    /// Who signs the mails of a sender's domain.
    ///
    /// - Throws: `MessagingError.setting` for a key whose private half is missing.
    func signers(
        for domain: String,
        in workspace: WorkspaceID,
        _ connection: Connection
    ) throws -> [DKIMSigner] {
        try DKIMStore(workspace).keys(for: domain, in: connection).map { key in
            let text = try secret(key.secretName, workspace, connection)
            guard let half = text.flatMap({ DKIMKey($0) }) else {
                throw MessagingError.setting(name: "DKIM key", problem: "has no private half")
            }
            return DKIMSigner(domain: key.domain, selector: key.selector, key: half)
        }
    }
}
