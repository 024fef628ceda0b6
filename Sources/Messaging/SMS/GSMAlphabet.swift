// SPDX-License-Identifier: Apache-2.0

/// The GSM 7-bit default alphabet with its extension table (3GPP TS 23.038, 6.2.1 and 6.2.1.1).
///
/// Pure. Characters are Unicode scalars: a letter with a combining accent is not in the alphabet,
/// its precomposed form may be.
public enum GSMAlphabet {
    /// The code that says that the next one is of the extension table.
    public static let escape: UInt8 = 0x1B

    /// How many septets a scalar takes: 1, or 2 in the extension table; nil when it is in neither.
    public static func septets(_ scalar: Unicode.Scalar) -> Int? {
        if codes[scalar] != nil { return 1 }
        return extensionCodes[scalar] == nil ? nil : 2
    }

    /// The septets of a text; nil when a character is not in the alphabet.
    public static func encode(_ text: String) -> [UInt8]? {
        var septets: [UInt8] = []
        for scalar in text.unicodeScalars {
            if let code = codes[scalar] {
                septets.append(code)
            } else if let code = extensionCodes[scalar] {
                septets += [escape, code]
            } else {
                return nil
            }
        }
        return septets
    }

    /// The text of septets; nil for a code above 127 and for an escape without a known code.
    public static func decode(_ septets: [UInt8]) -> String? {
        var text = String.UnicodeScalarView()
        var isEscaped = false
        for septet in septets {
            guard septet < 128 else { return nil }
            if isEscaped {
                guard let scalar = extensionScalars[septet] else { return nil }
                text.append(scalar)
                isEscaped = false
            } else if septet == escape {
                isEscaped = true
            } else {
                text.append(scalars[Int(septet)])
            }
        }
        return isEscaped ? nil : String(text)
    }

    /// All characters of the default alphabet by code; the escape's place holds a blank.
    private static let scalars = Array(
        ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
            + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà")
            .unicodeScalars
    )

    private static let extensionScalars: [UInt8: Unicode.Scalar] = [
        0x0A: "\u{0C}", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~",
        0x3E: "]", 0x40: "|", 0x65: "€",
    ]

    private static let codes: [Unicode.Scalar: UInt8] = {
        var codes: [Unicode.Scalar: UInt8] = [:]
        for (code, scalar) in scalars.enumerated() where code != Int(escape) {
            codes[scalar] = UInt8(code)
        }
        return codes
    }()

    private static let extensionCodes: [Unicode.Scalar: UInt8] = Dictionary(
        extensionScalars.map { ($0.value, $0.key) },
        uniquingKeysWith: { first, _ in first }
    )
}
