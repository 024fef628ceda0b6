// SPDX-License-Identifier: Apache-2.0

/// Texts as they can stand in markup and in headers.
///
/// Pure.
public enum Markup {
    /// A text inside HTML, and inside the quotes of an attribute (HTML, 13.3).
    public static func escaped(_ text: some StringProtocol) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }

    /// `Content-Disposition` of a file that is kept (RFC 6266); what a quoted name cannot hold is
    /// written as `_`.
    public static func attachment(_ name: String) -> String {
        let plain = name.unicodeScalars.map { scalar -> Character in
            let isPlain = (0x20..<0x7F).contains(scalar.value) && scalar != "\"" && scalar != "\\"
            return isPlain ? Character(scalar) : "_"
        }
        return "attachment; filename=\"\(String(plain))\""
    }
}
