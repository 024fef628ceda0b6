// SPDX-License-Identifier: Apache-2.0

/// A character reference of HTML: `&amp;`, `&#233;`, `&#xE9;`.
///
/// Names: the basic ones, the Latin-1 set of HTML 4, and the punctuation and symbols that
/// mails use. Anything else stays as it was written. A no-break space becomes a plain one.
struct HTMLEntity {
    let text: String
    /// The number of bytes read, at least 1.
    let length: Int

    /// Reads the reference at the start of `bytes`, which begin with `&`.
    static func read(_ bytes: ArraySlice<UInt8>) -> HTMLEntity {
        let name = bytes.dropFirst().prefix(32).prefix {
            $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "#")
        }
        let next = bytes.startIndex + 1 + name.count
        guard next < bytes.endIndex, bytes[next] == UInt8(ascii: ";"),
            let scalar = scalar(named: String(decoding: name, as: UTF8.self))
        else { return HTMLEntity(text: "&", length: 1) }
        let text = scalar == "\u{A0}" ? " " : String(Character(scalar))
        return HTMLEntity(text: text, length: name.count + 2)
    }

    /// Decodes all references in a text.
    static func decode(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        var rest = Array(text.utf8)[...]
        var output: [UInt8] = []
        while let byte = rest.first {
            let entity =
                byte == UInt8(ascii: "&") ? read(rest) : HTMLEntity(text: "", length: 0)
            output += entity.length == 0 ? [byte] : Array(entity.text.utf8)
            rest = rest.dropFirst(max(entity.length, 1))
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func scalar(named name: String) -> Unicode.Scalar? {
        guard name.first == "#" else { return named[name] }
        let digits = name.dropFirst()
        let value =
            digits.first == "x" || digits.first == "X"
            ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        guard let value, value != 0 else { return nil }
        return Unicode.Scalar(value)
    }

    private static let named: [String: Unicode.Scalar] = {
        var table: [String: Unicode.Scalar] = [
            "amp": "&", "apos": "'", "bull": "•", "dagger": "†", "euro": "€", "gt": ">",
            "hearts": "♥", "hellip": "…", "larr": "←", "ldquo": "“", "lsaquo": "‹", "lsquo": "‘",
            "lt": "<", "mdash": "—", "minus": "−", "ndash": "–", "oelig": "œ", "OElig": "Œ",
            "permil": "‰", "quot": "\"", "rarr": "→", "rdquo": "”", "rsaquo": "›", "rsquo": "’",
            "sbquo": "‚", "bdquo": "„", "scaron": "š", "Scaron": "Š", "trade": "™", "Yuml": "Ÿ",
            "check": "✓", "star": "☆", "zwnj": "\u{200C}", "zwj": "\u{200D}", "shy": "\u{AD}",
        ]
        for (offset, name) in latin1.split(separator: " ").enumerated() {
            table[String(name)] = Unicode.Scalar(UInt8(0xA0 + offset))
        }
        return table
    }()

    /// The names of U+00A0 to U+00FF in order.
    private static let latin1 = """
        nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg \
        plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest \
        Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute \
        Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc \
        Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute \
        ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide \
        oslash ugrave uacute ucirc uuml yacute thorn yuml
        """
}
