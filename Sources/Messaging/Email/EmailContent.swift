// SPDX-License-Identifier: Apache-2.0

/// What the author of a campaign writes: sender, variants by language, defaults of variables.
///
/// Subject, sender name, HTML and text are Mustache templates: `{{firstName}}`, `{{{raw}}}`,
/// sections `{{#orders}}…{{/orders}}` and `{{^orders}}…{{/orders}}`. Values are escaped in HTML and
/// nowhere else. A variable without a value takes its entry of `defaults`; without one the mail of
/// that recipient fails with `VARIABLE_VALUE_ERROR`. An empty text takes the default too, and
/// is printed empty without one. Sections look at the value itself, not at its default.
public struct EmailContent: Hashable, Sendable, Codable {
    /// The address in From.
    public var senderAddress: String
    /// The name in From, a template; nil for a bare address.
    public var senderName: String?
    /// The address in Reply-To; nil for none.
    public var replyTo: String?
    /// The variants by language tag (`fr`, `fr-CA`); tags differ by more than case.
    public var variants: [String: EmailVariant]
    /// The language used when a profile's own has no variant; a key of `variants`.
    public var defaultLanguage: String
    /// The text printed for a variable without a value, by the name written in the template.
    public var defaults: [String: String]
    /// The files that go with it, in every language.
    public var attachments: [EmailAttachment]

    /// Makes content in several languages.
    public init(
        senderAddress: String,
        senderName: String? = nil,
        replyTo: String? = nil,
        variants: [String: EmailVariant],
        defaultLanguage: String,
        defaults: [String: String] = [:],
        attachments: [EmailAttachment] = []
    ) {
        self.senderAddress = senderAddress
        self.senderName = senderName
        self.replyTo = replyTo
        self.variants = variants
        self.defaultLanguage = defaultLanguage
        self.defaults = defaults
        self.attachments = attachments
    }

    /// Makes content in one language.
    public init(
        senderAddress: String,
        senderName: String? = nil,
        replyTo: String? = nil,
        language: String = "en",
        variant: EmailVariant,
        defaults: [String: String] = [:],
        attachments: [EmailAttachment] = []
    ) {
        self.init(
            senderAddress: senderAddress,
            senderName: senderName,
            replyTo: replyTo,
            variants: [language: variant],
            defaultLanguage: language,
            defaults: defaults,
            attachments: attachments
        )
    }
}

extension EmailContent {
    private enum CodingKeys: String, CodingKey {
        case senderAddress, senderName, replyTo, variants, defaultLanguage, defaults, attachments
    }

    /// Reads content; `defaults` and `attachments` may be absent.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            senderAddress: try values.decode(String.self, forKey: .senderAddress),
            senderName: try values.decodeIfPresent(String.self, forKey: .senderName),
            replyTo: try values.decodeIfPresent(String.self, forKey: .replyTo),
            variants: try values.decode([String: EmailVariant].self, forKey: .variants),
            defaultLanguage: try values.decode(String.self, forKey: .defaultLanguage),
            defaults: try values.decodeIfPresent([String: String].self, forKey: .defaults) ?? [:],
            attachments: try values.decodeIfPresent([EmailAttachment].self, forKey: .attachments)
                ?? []
        )
    }
}

extension EmailContent {
    /// Writes content; without attachments as before there were any.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(senderAddress, forKey: .senderAddress)
        try values.encodeIfPresent(senderName, forKey: .senderName)
        try values.encodeIfPresent(replyTo, forKey: .replyTo)
        try values.encode(variants, forKey: .variants)
        try values.encode(defaultLanguage, forKey: .defaultLanguage)
        try values.encode(defaults, forKey: .defaults)
        if !attachments.isEmpty { try values.encode(attachments, forKey: .attachments) }
    }
}

/// The texts of a mail in one language.
public struct EmailVariant: Hashable, Sendable, Codable {
    /// The subject, a template.
    public var subject: String
    /// The HTML part, a template; nil for a text-only mail.
    public var html: String?
    /// The text part, a template; nil to derive it from the HTML part.
    public var text: String?
    /// Replaces the content's sender name in this language.
    public var senderName: String?

    /// Makes a variant; at least one of `html` and `text` is needed to compile it.
    public init(
        subject: String,
        html: String? = nil,
        text: String? = nil,
        senderName: String? = nil
    ) {
        self.subject = subject
        self.html = html
        self.text = text
        self.senderName = senderName
    }
}
