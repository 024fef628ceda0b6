// SPDX-License-Identifier: Apache-2.0
public import Common
import Crypto
import Foundation

/// The key of a workspace that signs what stands in its mails (HMAC-SHA256).
///
/// Never prints: only ``reveal()`` gives it away.
public struct TrackingKey: Sendable {
    /// 96 bits: enough for what can only be tried out one request at a time, and short enough for a
    /// local part of 64 bytes (RFC 5321 section 4.5.3.1.1).
    static let signatureLength = 12
    private let key: [UInt8]
    /// The code of tokens as it is before the first byte of one: each begins with a copy.
    private let code: HMAC<SHA256>

    /// Makes a fresh key of 32 bytes.
    public init(randomness: any Randomness) {
        self.init((0..<4).flatMap { _ in withUnsafeBytes(of: randomness.next()) { Array($0) } })
    }

    /// Reads base64 of 32 bytes; nil for anything else.
    public init?(_ text: String) {
        guard let data = Data(base64Encoded: text), data.count == 32 else { return nil }
        self.init(Array(data))
    }

    private init(_ key: [UInt8]) {
        self.key = key
        var code = HMAC<SHA256>(key: SymmetricKey(data: key))
        code.update(data: Array("millrace tracking".utf8))
        self.code = code
    }

    /// The text to be sealed.
    public func reveal() -> String { Data(key).base64EncodedString() }

    /// The text of a token.
    ///
    /// - Parameters:
    ///   - token: What it says.
    ///   - url: The target of a link that is each recipient's own, which is signed too.
    /// - Returns: Lower-case letters and digits.
    public func seal(_ token: TrackingToken, url: String? = nil) -> String {
        let bytes = token.bytes
        return Base32.encode(bytes + signature(bytes, url))
    }

    /// The token that a text holds, if this key signed it; compared in constant time.
    public func open(_ claim: TrackingClaim, url: String? = nil) -> TrackingToken? {
        let right = signature(claim.token.bytes, url)
        return ConstantTime.areEqual(right, claim.signature) ? claim.token : nil
    }

    private func signature(_ bytes: [UInt8], _ url: String?) -> [UInt8] {
        var code = code
        code.update(data: [0] + bytes)
        if let url { code.update(data: [0] + Array(url.utf8)) }
        return Array(code.finalize().prefix(TrackingKey.signatureLength))
    }

    /// Sixteen digits that nobody without the key can guess, the same for the same texts.
    func mark(of texts: [String]) -> String {
        var code = HMAC<SHA256>(key: SymmetricKey(data: key))
        code.update(data: Data("millrace marks".utf8))
        for text in texts { code.update(data: Data([0] + Array(text.utf8))) }
        return Base32.encode(Array(code.finalize().prefix(10)))
    }
}

extension TrackingKey: CustomStringConvertible, CustomReflectable {
    /// Says only that there is a key.
    public var description: String { "(secret)" }
    /// Shows no part of the key.
    public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}

/// What a text claims to be, until the key of its workspace has confirmed it.
public struct TrackingClaim: Sendable {
    let token: TrackingToken
    let signature: [UInt8]

    /// The workspace whose key is to confirm it.
    public var workspace: WorkspaceID { token.workspace }
    /// What it claims to be good for.
    public var purpose: TrackingToken.Purpose { token.purpose }

    /// Reads a text; nil for what is no token of any key.
    public init?(_ text: some StringProtocol) {
        guard (16...128).contains(text.utf8.count), let bytes = Base32.decode(text),
            bytes.count > TrackingKey.signatureLength,
            let token = TrackingToken(bytes: bytes.dropLast(TrackingKey.signatureLength))
        else { return nil }
        self.token = token
        signature = Array(bytes.suffix(TrackingKey.signatureLength))
    }
}
