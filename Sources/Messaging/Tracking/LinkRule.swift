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
        let bytes = text.utf8
        guard bytes.count <= longest,
            let scheme = ["https://", "http://"].first(where: { isPrefix($0, of: bytes) })
        else { return false }
        let authority = bytes.dropFirst(scheme.utf8.count).prefix { !ends.contains($0) }
        guard let first = authority.first, first != UInt8(ascii: ":"),
            !authority.contains(UInt8(ascii: "@"))
        else { return false }
        return bytes.allSatisfy(isPlain) || text.unicodeScalars.allSatisfy(isVisible)
    }

    /// Whether a text begins with a word in small letters, in letters of either case.
    private static func isPrefix(_ word: String, of bytes: String.UTF8View) -> Bool {
        bytes.count >= word.utf8.count
            && zip(word.utf8, bytes).allSatisfy { wanted, byte in
                byte == wanted || (0x41...0x5A).contains(byte) && byte | 0x20 == wanted
            }
    }

    /// What ends the host and port.
    private static let ends = Set("/?#\\".utf8)

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\\")
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value > 0x20 && scalar.value != 0x7F && scalar != "\\"
            && !scalar.properties.isNoncharacterCodePoint
            && !(0x80...0x9F).contains(scalar.value)
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
