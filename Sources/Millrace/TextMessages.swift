// SPDX-License-Identifier: Apache-2.0
import Accounts
import Campaigns
import Common
import Messaging

/// Brings text messages, sealed secrets and settings together: none of these rooms knows the others.
extension Installation {
    static func textGround(_ configuration: Configuration, _ outbox: TextOutbox) -> TextGround {
        let secrets = secrets(configuration)
        let keyFile = configuration.keyFile
        return TextGround(
            outbox: outbox,
            publicAddress: configuration.publicURL,
            secret: { account, workspace, connection in
                try secrets(workspace).secret(account.secretName, in: connection)?.reveal() ?? ""
            },
            rules: { workspace, connection in
                let settings = SettingStore(workspace)
                let words = try settings.value(.smsStopWords, in: connection)
                return TextRules(
                    needsAccount: try settings.value(.smsNeedsAccount, in: connection),
                    allowsInside: try settings.value(.smsGatewaysMayStayInside, in: connection),
                    stopWords: words.isEmpty ? StopWords() : StopWords(words)
                )
            },
            key: { workspace in
                let key = try SecretKey(file: keyFile)
                return CallbackKey(key.derived(for: "text messages of workspace \(workspace)"))
            }
        )
    }
}
