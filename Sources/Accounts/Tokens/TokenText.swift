// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Crypto
internal import Foundation

/// A token as its holder keeps it: `mrt_WORKSPACE_ID_SECRET`, the secret 256 bits in base64url.
///
/// The numbers say where to look, so that no search crosses workspaces; only the digest of the
/// secret is stored. A fast digest is enough: 256 random bits can't be guessed, unlike a password.
struct TokenText {
    let workspace: WorkspaceID
    let id: TokenID
    let secret: String

    /// Draws a new secret.
    init(workspace: WorkspaceID, id: TokenID, randomness: any Randomness) {
        self.workspace = workspace
        self.id = id
        let bytes = (0..<4).flatMap { _ in
            withUnsafeBytes(of: randomness.next().bigEndian, Array.init)
        }
        secret = Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// Reads a token; nil when it has another form.
    init?(_ text: String) {
        let parts = text.split(separator: "_", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "mrt", let workspace = Int64(parts[1]),
            let id = Int64(parts[2]), parts[3].utf8.count == 43
        else { return nil }
        self.workspace = WorkspaceID(workspace)
        self.id = TokenID(id)
        secret = String(parts[3])
    }

    var text: String { "mrt_\(workspace)_\(id)_\(secret)" }

    var digest: [UInt8] { Array(SHA256.hash(data: Data(secret.utf8))) }

    /// Compares in a time that says nothing about where two digests differ.
    func matches(_ stored: [UInt8]) -> Bool {
        let own = digest
        guard stored.count == own.count else { return false }
        return zip(own, stored).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
