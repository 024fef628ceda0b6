// SPDX-License-Identifier: Apache-2.0
public import API
public import Accounts
import Campaigns
public import Common
public import Database
public import Messaging

/// Brings mails, sealed keys and public pages together: none of these rooms knows the others.
extension Installation {
    private static let trackingKeyName = "tracking key"
    private static let eventSecretName = "provider events"

    /// Makes the secret by which a provider signs its events, in place of the one before.
    ///
    /// - Returns: The secret, which is told this once.
    public func makeEventSecret(
        by context: Context,
        in transaction: Transaction
    ) throws -> WebhookSecret {
        let secret = WebhookSecret(randomness: SystemRandomness())
        try secretStore(context.workspace).set(
            Installation.eventSecretName,
            to: Secret(secret.reveal()),
            by: context,
            in: transaction
        )
        return secret
    }

    /// What the public pages work with.
    public var publicServices: PublicServices {
        let secrets = Installation.secrets(configuration)
        return PublicServices(
            database: database,
            texts: texts,
            trackingKey: { workspace, connection in
                try Installation.trackingKey(try secrets(workspace), in: connection)
            },
            eventSecret: { workspace, connection in
                try secrets(workspace).secret(Installation.eventSecretName, in: connection)
                    .flatMap { WebhookSecret($0.reveal()) }
            }
        )
    }

    /// What mails need besides what their authors wrote.
    static func mailGround(_ configuration: Configuration) -> MailGround {
        let secrets = secrets(configuration)
        return MailGround(
            publicURL: configuration.publicURL,
            bounceAddress: configuration.bounceAddress,
            key: { workspace, transaction in
                let store = try secrets(workspace)
                // Two sends that begin at once make one key.
                try transaction.lock("tracking key:\(workspace)")
                if let key = try trackingKey(store, in: transaction) { return key }
                let key = TrackingKey(randomness: SystemRandomness())
                try store.set(
                    trackingKeyName,
                    to: Secret(key.reveal()),
                    by: Context(
                        workspace: workspace,
                        actor: "millrace",
                        source: .automation,
                        moment: transaction.moment
                    ),
                    in: transaction
                )
                return key
            },
            secret: { name, workspace, connection in
                try secrets(workspace).secret(name, in: connection)?.reveal()
            }
        )
    }

    /// The sealed secrets of a workspace.
    public func secretStore(_ workspace: WorkspaceID) throws -> SecretStore {
        try Installation.secrets(configuration)(workspace)
    }

    private static func trackingKey(
        _ store: SecretStore,
        in connection: Connection
    ) throws -> TrackingKey? {
        try store.secret(trackingKeyName, in: connection).flatMap { TrackingKey($0.reveal()) }
    }
}
