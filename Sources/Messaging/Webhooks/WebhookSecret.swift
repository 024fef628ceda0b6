// SPDX-License-Identifier: Apache-2.0
public import Common
import Crypto
import Foundation

/// The key that a webhook and its receiver share (Standard Webhooks, "Signature scheme").
///
/// Never prints: only ``reveal()`` gives it away.
public struct WebhookSecret: Sendable {
    private static let prefix = "whsec_"
    private let key: [UInt8]

    /// Makes a fresh secret of 32 bytes.
    public init(randomness: any Randomness) {
        key = (0..<4).flatMap { _ in withUnsafeBytes(of: randomness.next()) { Array($0) } }
    }

    /// Reads `whsec_` and base64 of 24 to 64 bytes; nil for anything else.
    public init?(_ text: String) {
        guard text.hasPrefix(WebhookSecret.prefix),
            let data = Data(base64Encoded: String(text.dropFirst(WebhookSecret.prefix.count))),
            (24...64).contains(data.count)
        else { return nil }
        key = Array(data)
    }

    /// The text that the receiver is given once.
    public func reveal() -> String { WebhookSecret.prefix + Data(key).base64EncodedString() }

    /// The `webhook-signature` of a message: `v1,` and base64 of its HMAC-SHA256.
    ///
    /// - Parameters:
    ///   - id: The `webhook-id`.
    ///   - moment: The `webhook-timestamp`; whole seconds count.
    ///   - body: The bytes of the body.
    /// - Returns: The header's value.
    public func signature(id: String, at moment: Instant, body: [UInt8]) -> String {
        var code = HMAC<SHA256>(key: SymmetricKey(data: key))
        code.update(data: Data("\(id).\(moment.seconds).".utf8))
        code.update(data: Data(body))
        return "v1," + Data(code.finalize()).base64EncodedString()
    }

    /// Whether one of the signatures in a `webhook-signature` is right; compared in constant time.
    public func accepts(
        _ signatures: String,
        id: String,
        at moment: Instant,
        body: [UInt8]
    ) -> Bool {
        let right = Array(signature(id: id, at: moment, body: body).utf8)
        return signatures.split(separator: " ").prefix(8).contains { given in
            ConstantTime.areEqual(right, given.utf8)
        }
    }
}

extension WebhookSecret: CustomStringConvertible, CustomReflectable {
    /// Says only that there is a secret.
    public var description: String { "(secret)" }
    /// Shows no part of the secret.
    public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}
