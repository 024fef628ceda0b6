// SPDX-License-Identifier: Apache-2.0

/// The headers by which a mail program unsubscribes (RFC 2369, RFC 8058).
enum UnsubscribeHeaders {
    /// The lines of a message; a long URL stays in one piece.
    ///
    /// - Throws: ``MessagingError/setting(name:problem:)`` for an address that cannot be used.
    static func lines(of message: EmailMessage) throws -> [(name: String, value: String)] {
        guard let unsubscribe = message.unsubscribe else { return [] }
        guard isURL(unsubscribe.url) else {
            throw MessagingError.setting(name: "unsubscribe URL", problem: "is not a web address")
        }
        var value = "<\(unsubscribe.url)>"
        if let mailto = unsubscribe.mailto {
            value += ",\r\n <mailto:\(percentEncoded(mailto.text))>"
        }
        let address = (name: "List-Unsubscribe", value: value)
        guard unsubscribe.oneClick else { return [address] }
        return [address, ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")]
    }

    private static func isURL(_ text: String) -> Bool {
        guard text.hasPrefix("https://") || text.hasPrefix("http://") else { return false }
        return text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x3C && $0 != 0x3E }
    }

    /// Encodes what stands in a local part and not in a URL (RFC 6068 section 2).
    private static func percentEncoded(_ address: String) -> String {
        address.utf8.map { byte in
            let plain = byte.isASCIILetterOrDigit || "@.-_~+=".utf8.contains(byte)
            let digits = String(byte, radix: 16, uppercase: true)
            return plain ? String(UnicodeScalar(byte)) : "%" + digits
        }.joined()
    }
}
