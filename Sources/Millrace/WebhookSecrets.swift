// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Campaigns
import Common
import Messaging
import Synchronization

/// Brings webhooks and sealed secrets together: neither room knows the other.
extension Installation {
    /// What understands the searches of all rooms.
    static let searches = SearchCompiler([ContactTerm()])

    /// The sealed secrets of a workspace, by the key of the installation.
    ///
    /// The key is read, and made when it is missing, by the first who needs it, and kept: passwords of
    /// relays are unsealed in the transactions that claim messages.
    static func secrets(
        _ configuration: Configuration
    ) -> @Sendable (WorkspaceID) throws -> SecretStore {
        let keyFile = configuration.keyFile
        let kept = KeptKey()
        return { SecretStore($0, key: try kept.key(file: keyFile)) }
    }

    static func webhookGround(_ configuration: Configuration) -> WebhookGround {
        let secrets = secrets(configuration)
        return WebhookGround(
            secret: { webhook, workspace, connection in
                try secrets(workspace).secret(webhook.secretName, in: connection)
                    .flatMap { WebhookSecret($0.reveal()) }
            },
            allowsInside: { workspace, connection in
                try SettingStore(workspace).value(.webhooksMayStayInside, in: connection)
            }
        )
    }
}

/// The key of the installation, once it was read.
private final class KeptKey: Sendable {
    private let known = Mutex<SecretKey?>(nil)

    func key(file: String) throws -> SecretKey {
        try known.withLock { known in
            if let known { return known }
            let key = try SecretKey(file: file)
            known = key
            return key
        }
    }
}
