// SPDX-License-Identifier: Apache-2.0

/// A piece of a text that has no sections.
enum TextSegment: Sendable {
    case constant(String)
    case variable(VariableKey, isRaw: Bool)

    /// Prints pieces one after the other.
    static func print(
        _ segments: [TextSegment],
        escaping: PersonalisedText.Escaping,
        _ scope: RecipientScope
    ) -> String {
        var output = ""
        for segment in segments {
            switch segment {
            case .constant(let text):
                output += text
            case .variable(let key, let isRaw):
                let text = scope.text(of: key)
                output += isRaw || escaping == .none ? text : escapedHTML(text)
            }
        }
        return output
    }

    /// Escapes the five characters that Mustache escapes, in the same way.
    static func escapedHTML(_ text: String) -> String {
        guard text.utf8.contains(where: { entity(for: $0) != nil }) else { return text }
        var output: [UInt8] = []
        for byte in text.utf8 {
            if let entity = entity(for: byte) { output += entity.utf8 } else { output.append(byte) }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func entity(for byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }
}
