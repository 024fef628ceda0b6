// SPDX-License-Identifier: Apache-2.0
import Crypto
import CryptoExtras
import Foundation

/// How a domain signs its mails.
public enum DKIMAlgorithm: String, CaseIterable, Sendable, Codable {
    /// RSA of 2,048 bits (RFC 6376), which every receiver checks.
    case rsa
    /// Ed25519 (RFC 8463): short and fast, not checked everywhere yet.
    case ed25519

    /// Its name in signatures.
    var tag: String { rawValue + "-sha256" }
}

/// The private key of a domain's signatures.
///
/// Never prints: only ``reveal()`` gives it away.
public struct DKIMKey: Sendable {
    private enum Content: Sendable {
        case rsa(_RSA.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
    }

    private let content: Content

    /// Makes a fresh key, by the system's chance alone.
    ///
    /// - Throws: What the library says.
    public init(_ algorithm: DKIMAlgorithm) throws {
        content =
            switch algorithm {
            case .rsa: .rsa(try _RSA.Signing.PrivateKey(keySize: .bits2048))
            case .ed25519: .ed25519(Curve25519.Signing.PrivateKey())
            }
    }

    /// Reads the text of ``reveal()``; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, let data = Data(base64Encoded: parts[1]) else { return nil }
        switch DKIMAlgorithm(rawValue: parts[0]) {
        case .rsa:
            guard let key = try? _RSA.Signing.PrivateKey(derRepresentation: data) else {
                return nil
            }
            content = .rsa(key)
        case .ed25519:
            guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: data) else {
                return nil
            }
            content = .ed25519(key)
        case nil: return nil
        }
    }

    /// The text to be sealed.
    public func reveal() -> String {
        let data =
            switch content {
            case .rsa(let key): key.derRepresentation
            case .ed25519(let key): key.rawRepresentation
            }
        return "\(algorithm.rawValue):\(data.base64EncodedString())"
    }

    /// How it signs.
    public var algorithm: DKIMAlgorithm {
        switch content {
        case .rsa: .rsa
        case .ed25519: .ed25519
        }
    }

    /// The text of the TXT record at `SELECTOR._domainkey.DOMAIN` (RFC 6376 section 3.6.1).
    public var record: String {
        let data =
            switch content {
            case .rsa(let key): key.publicKey.derRepresentation
            case .ed25519(let key): key.publicKey.rawRepresentation
            }
        return "v=DKIM1; k=\(algorithm.rawValue); p=\(data.base64EncodedString())"
    }

    /// Signs the SHA-256 of a text.
    func sign(_ bytes: [UInt8]) throws -> [UInt8] {
        switch content {
        case .rsa(let key):
            let digest = SHA256.hash(data: bytes)
            let signature = try key.signature(for: digest, padding: .insecurePKCS1v1_5)
            return Array(signature.rawRepresentation)
        case .ed25519(let key):
            // RFC 8463 section 3: what is signed is the hash.
            return Array(try key.signature(for: Data(SHA256.hash(data: bytes))))
        }
    }
}

extension DKIMKey: CustomStringConvertible, CustomReflectable {
    /// Says only that there is a key.
    public var description: String { "(secret)" }
    /// Shows no part of the key.
    public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}
