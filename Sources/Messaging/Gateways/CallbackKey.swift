// SPDX-License-Identifier: Apache-2.0
internal import Crypto
internal import Foundation

/// The key by which a workspace knows its own addresses again: those of delivery reports, replies
/// and short links.
///
/// Never prints.
public struct CallbackKey: Sendable {
    private let key: SymmetricKey

    /// Makes a key of bytes that nobody else knows, 32 of them.
    public init(_ bytes: [UInt8]) {
        key = SymmetricKey(data: bytes)
    }

    /// The first bytes of the HMAC-SHA256 of what an address says; each kind of address begins with
    /// a word of its own.
    func code(of text: String, count: Int) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key).prefix(count))
    }

    /// A token that proves that an address is ours: 22 characters of an address.
    public func token(for text: String) -> String { URLText.base64(code(of: text, count: 16)) }

    /// Whether a token is that of an address; takes the same time whatever is wrong.
    public func accepts(_ token: String, for text: String) -> Bool {
        guard let given = URLText.bytes(base64: token) else { return false }
        return ConstantTime.areEqual(given, code(of: text, count: 16))
    }
}

extension CallbackKey: CustomStringConvertible, CustomReflectable {
    /// Says only that there is a key.
    public var description: String { "(key)" }
    /// Shows no part of the key.
    public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}

/// Bytes and texts as they stand in addresses.
enum URLText {
    /// Base64 with the alphabet of addresses, without padding (RFC 4648, 5).
    static func base64(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    /// The bytes of such a text; nil when it is none, or not the one that ``base64(_:)`` gives.
    static func bytes(base64 text: String) -> [UInt8]? {
        guard text.utf8.allSatisfy({ $0.isASCIILetterOrDigit || $0 == 0x2D || $0 == 0x5F }) else {
            return nil
        }
        let plain = text.replacing("-", with: "+").replacing("_", with: "/")
        let padded = plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: padded), base64(Array(data)) == text else {
            return nil
        }
        return Array(data)
    }

    /// A text in which all but letters, digits and `-._~` is escaped (RFC 3986, 2.3).
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            if byte.isASCIILetterOrDigit || "-._~".utf8.contains(byte) {
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                escaped += "%" + (byte < 16 ? "0" : "") + digits
            }
        }
        return escaped
    }
}
