// SPDX-License-Identifier: Apache-2.0

/// The compiled texts of one language.
struct CompiledVariant: Sendable {
    let subject: PersonalisedText
    let senderName: PersonalisedText?
    let html: PersonalisedText?
    private let text: PersonalisedText?

    init(_ variant: EmailVariant, language: String, senderName: String?) throws {
        guard variant.html != nil || variant.text != nil else {
            throw MessagingError.setting(
                name: "\(language) variant",
                problem: "has no HTML or text"
            )
        }
        func part(_ name: String) -> String { "\(name) (\(language))" }
        subject = try PersonalisedText(variant.subject, part: part("subject"), escaping: .none)
        self.senderName = try senderName.map {
            try PersonalisedText($0, part: part("sender name"), escaping: .none)
        }
        html = try variant.html.map {
            try PersonalisedText($0, part: part("HTML"), escaping: .html)
        }
        text = try Self.text(variant, html: html, part: part("text"))
    }

    /// The first names of all variables and sections.
    var variables: Set<String> {
        [subject, senderName, html, text].compactMap { $0?.variables }
            .reduce(into: []) { $0.formUnion($1) }
    }

    /// Renders the text part, deriving it from the rendered HTML where that is needed.
    func renderText(_ scope: RecipientScope) throws -> String {
        if let text { return try text.render(scope) }
        return HTMLText.derive(from: try html?.render(scope) ?? "")
    }

    /// The text template: given, or derived from the HTML template once for all recipients.
    ///
    /// A template that prints raw values is derived for each recipient instead (nil), since
    /// the values may hold markup; also one whose tags do not survive the derivation.
    private static func text(
        _ variant: EmailVariant,
        html: PersonalisedText?,
        part: String
    ) throws -> PersonalisedText? {
        if let text = variant.text {
            return try PersonalisedText(text, part: part, escaping: .none)
        }
        guard let source = variant.html, let html, !html.hasRawTags else { return nil }
        let derived = HTMLText.derive(from: source, keepingTags: true)
        return try? PersonalisedText(derived, part: part, escaping: .none)
    }
}
