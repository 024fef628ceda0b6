// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Crypto
internal import Foundation

/// A secret as its holder keeps it, a token's or a session's: `PREFIX_WORKSPACE_ID_SECRET`, the secret
/// 256 bits in base64url.
///
/// The numbers say where to look, so that no search crosses workspaces; only the digest of the
/// secret is stored. A fast digest is enough: 256 random bits can't be guessed, unlike a password.
struct SecretText {
    let prefix: String
    let workspace: WorkspaceID
    let id: Int64
    let secret: String

    /// Draws a new secret.
    init(_ prefix: String, _ workspace: WorkspaceID, _ id: Int64, _ randomness: any Randomness) {
        (self.prefix, self.workspace, self.id) = (prefix, workspace, id)
        let bytes = (0..<4).flatMap { _ in
            withUnsafeBytes(of: randomness.next().bigEndian, Array.init)
        }
        secret = Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// Reads a secret of a kind; nil when it has another form.
    init?(_ text: String, prefix: String) {
        let parts = text.split(separator: "_", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == prefix, let workspace = Int64(parts[1]),
            let id = Int64(parts[2]), parts[3].utf8.count == 43
        else { return nil }
        self.prefix = prefix
        self.workspace = WorkspaceID(workspace)
        self.id = id
        secret = String(parts[3])
    }

    var text: String { "\(prefix)_\(workspace)_\(id)_\(secret)" }

    var digest: [UInt8] { SecretText.digest(secret) }

    /// Another secret that follows from this one, for one purpose.
    func derived(_ purpose: String) -> String {
        SecretText.digest("\(purpose) \(secret)").map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0\(digits)" : digits
        }.joined()
    }

    /// Whether this is the secret whose digest was stored.
    func matches(_ stored: [UInt8]) -> Bool { ConstantTime.equal(digest, stored) }

    private static func digest(_ text: String) -> [UInt8] {
        Array(SHA256.hash(data: Data(text.utf8)))
    }
}
