// SPDX-License-Identifier: Apache-2.0

/// What the author of a text message writes: sender, text by language, defaults of variables.
///
/// Texts are Mustache templates as in ``EmailContent``; nothing is escaped.
public struct SMSContent: Hashable, Sendable, Codable {
    /// What the phone shows as the sender: 1 to 11 ASCII letters, digits and blanks, or a number of
    /// 3 to 15 digits (3GPP TS 23.040, 9.1.2.5).
    public var sender: String
    /// The texts by language tag; tags differ by more than case.
    public var texts: [String: String]
    /// The language used when a profile's own has no text; a key of `texts`.
    public var defaultLanguage: String
    /// The text printed for a variable without a value, by the name written in the template.
    public var defaults: [String: String]
    /// Whether a text may take several parts; a longer one is not sent otherwise.
    public var multipart: Bool

    /// Makes content in several languages; of several parts unless said otherwise.
    public init(
        sender: String,
        texts: [String: String],
        defaultLanguage: String = "en",
        defaults: [String: String] = [:],
        multipart: Bool = true
    ) {
        self.sender = sender
        self.texts = texts
        self.defaultLanguage = defaultLanguage
        self.defaults = defaults
        self.multipart = multipart
    }

    /// Reads content; `defaults` and `multipart` may be absent.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            sender: try values.decode(String.self, forKey: .sender),
            texts: try values.decode([String: String].self, forKey: .texts),
            defaultLanguage: try values.decode(String.self, forKey: .defaultLanguage),
            defaults: try values.decodeIfPresent([String: String].self, forKey: .defaults) ?? [:],
            multipart: try values.decodeIfPresent(Bool.self, forKey: .multipart) ?? true
        )
    }
}
