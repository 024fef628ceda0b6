// SPDX-License-Identifier: Apache-2.0

/// The forms that fields of this room may have; each returns the text as it is stored.
enum FieldRules {
    /// A name for people: 1 to 200 characters without control characters, trimmed of blanks.
    static func name(_ text: String) throws -> String {
        let trimmed = trim(text)
        guard (1...200).contains(trimmed.count), !hasControl(trimmed) else {
            throw AccountsError.invalid(
                field: "name",
                rule: "1 to 200 characters without control characters"
            )
        }
        return trimmed
    }

    /// A name for programs: a letter, then letters, digits, `_` or `-`; at most 63; lower case.
    static func technicalName(_ text: String) throws -> String {
        let bytes = Array(text.utf8)
        let isAllowed = bytes.allSatisfy { byte in
            (97...122).contains(byte) || (48...57).contains(byte) || byte == 95 || byte == 45
        }
        guard (1...63).contains(bytes.count), isAllowed, let first = text.first, first.isLetter
        else {
            throw AccountsError.invalid(
                field: "technicalName",
                rule: "a lower-case ASCII letter, then letters, digits, _ or -, at most 63"
            )
        }
        return text
    }

    /// A calling code without `+`: 1 to 3 digits, the first not 0 (ITU-T E.164).
    static func countryCode(_ text: String) throws -> String {
        let isNumber = text.utf8.allSatisfy { (48...57).contains($0) }
        guard (1...3).contains(text.utf8.count), isNumber, text.first != "0" else {
            throw AccountsError.invalid(
                field: "defaultCountryCode",
                rule: "1 to 3 digits without + or leading 0"
            )
        }
        return text
    }

    /// An e-mail address by its outer form: one `@`, no blanks, at most 254 bytes (RFC 5321).
    static func email(_ text: String) throws -> String {
        let trimmed = trim(text)
        let parts = trimmed.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain = !hasControl(trimmed) && !trimmed.contains(where: \.isWhitespace)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), isPlain,
            trimmed.utf8.count <= 254
        else {
            throw AccountsError.invalid(field: "email", rule: "an e-mail address")
        }
        return trimmed
    }

    /// What two texts have in common that differ in case only.
    static func key(_ text: String) -> String { text.lowercased() }

    private static func hasControl(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    private static func trim(_ text: String) -> String {
        let head = text.drop(while: \.isWhitespace)
        guard let last = head.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(head[...last])
    }
}
