// SPDX-License-Identifier: Apache-2.0

/// A text message's content, checked and compiled once, rendered for each recipient.
public struct SMSTemplate: Sendable {
    private let texts: [String: PersonalisedText]
    private let defaultLanguage: String
    private let defaults: [String: String]

    /// Compiles content.
    ///
    /// - Throws: `MessagingError.setting` for a sender or a language that cannot be used,
    ///   `MessagingError.templateSyntax` with the part and the place.
    public init(_ content: SMSContent) throws {
        guard SMSTemplate.isSender(content.sender) else {
            throw MessagingError.setting(
                name: "sender",
                problem: "is neither 1 to 11 letters, digits and blanks nor 3 to 15 digits"
            )
        }
        texts = try SMSTemplate.compile(content.texts)
        defaultLanguage = content.defaultLanguage.lowercased()
        defaults = content.defaults
        guard texts[defaultLanguage] != nil else {
            throw MessagingError.setting(name: "default language", problem: "has no text")
        }
    }

    /// Renders the text for one recipient.
    ///
    /// The profile's language, ignoring case; then the part before its first hyphen or underscore;
    /// then the default language.
    ///
    /// - Returns: The text without blanks around it; empty when nothing is left to say.
    /// - Throws: `MessagingError.variableValue` naming the first variable without a value.
    public func render(_ values: RecipientValues, language: String? = nil) throws -> String {
        let wanted = language?.lowercased() ?? defaultLanguage
        let primary = String(wanted.prefix { $0 != "-" && $0 != "_" })
        let text = texts[wanted] ?? texts[primary] ?? texts[defaultLanguage]
        let scope = RecipientScope(values: values, defaults: defaults)
        let rendered = try text?.render(scope) ?? ""
        let start = rendered.drop(while: \.isWhitespace)
        return start.lastIndex { !$0.isWhitespace }.map { String(start[...$0]) } ?? ""
    }

    private static func compile(_ texts: [String: String]) throws -> [String: PersonalisedText] {
        let compiled = try texts.sorted { $0.key < $1.key }.map { language, text in
            let part = "text (\(language))"
            return (
                language.lowercased(),
                try PersonalisedText(text, part: part, escaping: .none)
            )
        }
        return try Dictionary(compiled) { _, _ in
            throw MessagingError.setting(name: "language", problem: "stands twice")
        }
    }

    private static func isSender(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        if bytes.allSatisfy({ (48...57).contains($0) }) { return (3...15).contains(bytes.count) }
        return (1...11).contains(bytes.count)
            && bytes.allSatisfy { $0.isASCIILetterOrDigit || $0 == UInt8(ascii: " ") }
            && bytes.contains { $0 != UInt8(ascii: " ") }
    }
}
