// SPDX-License-Identifier: Apache-2.0

/// Which targets a click may lead to.
///
/// Pure.
public enum LinkRule {
    /// The longest target that is tracked, in bytes.
    public static let longest = 2_000

    /// Whether a target is a web address that a browser can be sent to: http or https with a host,
    /// no blank, no control character, no user or password.
    public static func isWebAddress(_ text: String) -> Bool {
        guard text.utf8.count <= longest, let colon = text.firstIndex(of: ":"),
            ["http", "https"].contains(text[..<colon].lowercased())
        else { return false }
        let rest = text[text.index(after: colon)...]
        guard rest.hasPrefix("//") else { return false }
        let authority = rest.dropFirst(2).prefix { !"/?#\\".contains($0) }
        guard let first = authority.utf8.first, first != UInt8(ascii: ":"),
            !authority.contains("@")
        else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            scalar.value > 0x20 && scalar.value != 0x7F && scalar != "\\"
                && !scalar.properties.isNoncharacterCodePoint
                && !(0x80...0x9F).contains(scalar.value)
        }
    }

    /// The target in ASCII, as it stands in a Location header: what else it holds is escaped.
    public static func ascii(_ url: String) -> String {
        escaped(url) { (0x21...0x7E).contains($0) && !"\"<>`{}|^".utf8.contains($0) }
    }

    /// A text as the value of a query.
    static func queryValue(_ text: String) -> String {
        escaped(text) { $0.isASCIILetterOrDigit || "-._~".utf8.contains($0) }
    }

    private static func escaped(_ text: String, keeping keeps: (UInt8) -> Bool) -> String {
        var output: [UInt8] = []
        for byte in text.utf8 {
            if keeps(byte) {
                output.append(byte)
            } else {
                let digits = Array("0123456789ABCDEF".utf8)
                output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
