// SPDX-License-Identifier: Apache-2.0
public import API
import Accounts
import Campaigns
import Common
import Database
import Messaging

/// Brings mails, sealed keys and public pages together: none of these rooms knows the others.
extension Installation {
    private static let trackingKeyName = "tracking key"

    /// What the public pages work with.
    public var publicServices: PublicServices {
        let secrets = Installation.secrets(configuration)
        return PublicServices(database: database, texts: texts) { workspace, connection in
            try Installation.trackingKey(try secrets(workspace), in: connection)
        }
    }

    /// What mails need besides what their authors wrote.
    static func mailGround(_ configuration: Configuration) -> MailGround {
        let secrets = secrets(configuration)
        return MailGround(publicURL: configuration.publicURL) { workspace, transaction in
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
        }
    }

    private static func trackingKey(
        _ store: SecretStore,
        in connection: Connection
    ) throws -> TrackingKey? {
        try store.secret(trackingKeyName, in: connection).flatMap { TrackingKey($0.reveal()) }
    }
}
