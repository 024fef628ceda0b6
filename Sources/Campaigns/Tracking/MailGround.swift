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

    /// Brings them together.
    public init(
        publicURL: String?,
        key: @escaping @Sendable (WorkspaceID, Transaction) throws -> TrackingKey
    ) {
        self.publicURL = publicURL
        self.key = key
    }

    /// Mails as their authors wrote them.
    public static let plain = MailGround(publicURL: nil) { _, _ in
        throw MessagingError.setting(name: "public address", problem: "is not set")
    }
}
