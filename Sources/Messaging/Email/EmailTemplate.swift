// SPDX-License-Identifier: Apache-2.0

/// An e-mail's content, checked and compiled once, rendered for each recipient.
public struct EmailTemplate: Sendable {
    private let senderAddress: EmailAddress
    private let replyTo: EmailAddress?
    private let variants: [String: CompiledVariant]
    private let defaultLanguage: String
    private let defaults: [String: String]
    private let attachments: [AttachedFile]
    /// The values that it asks for, by their first names: attributes or parameters.
    public let variables: Set<String>

    /// Compiles content.
    ///
    /// - Throws: `MessagingError.setting` for an address or a language that cannot be used,
    ///   `MessagingError.templateSyntax` with the part and the place.
    public init(_ content: EmailContent) throws {
        senderAddress = try Self.address(content.senderAddress, setting: "sender address")
        replyTo = try content.replyTo.map { try Self.address($0, setting: "reply address") }
        variants = try Self.compile(content)
        variables = variants.values.reduce(into: []) { $0.formUnion($1.variables) }
        defaultLanguage = content.defaultLanguage.lowercased()
        defaults = content.defaults
        attachments = try AttachedFile.all(content.attachments)
        guard variants[defaultLanguage] != nil else {
            throw MessagingError.setting(name: "default language", problem: "has no variant")
        }
    }

    /// Gives the language of the variant a recipient gets.
    ///
    /// The profile's language, ignoring case; then the part before its first hyphen or
    /// underscore; then the default language.
    public func language(for profileLanguage: String?) -> String {
        guard let wanted = profileLanguage?.lowercased() else { return defaultLanguage }
        if variants[wanted] != nil { return wanted }
        let primary = String(wanted.prefix { $0 != "-" && $0 != "_" })
        return variants[primary] == nil ? defaultLanguage : primary
    }

    /// Renders the mail for one recipient.
    ///
    /// - Parameters:
    ///   - values: The recipient's parameters and attributes.
    ///   - language: The profile's language tag, if it has one.
    /// - Returns: The mail, to be addressed as an `EmailMessage`.
    /// - Throws: `MessagingError.variableValue` naming the first variable without a value.
    public func render(_ values: RecipientValues, language: String? = nil) throws -> RenderedEmail {
        let chosen = self.language(for: language)
        guard let variant = variants[chosen] else {
            throw MessagingError.setting(name: "default language", problem: "has no variant")
        }
        let scope = RecipientScope(values: values, defaults: defaults)
        let senderName = try variant.senderName?.render(scope)
        return RenderedEmail(
            language: chosen,
            from: Mailbox(name: senderName.map(HeaderText.fold), address: senderAddress),
            replyTo: replyTo,
            subject: HeaderText.fold(try variant.subject.render(scope)),
            html: try variant.html?.render(scope),
            text: try variant.renderText(scope),
            attachments: attachments
        )
    }

    private static func address(_ text: String, setting: String) throws -> EmailAddress {
        guard let address = EmailAddress(text) else {
            throw MessagingError.setting(name: setting, problem: "is not a valid address")
        }
        return address
    }

    private static func compile(_ content: EmailContent) throws -> [String: CompiledVariant] {
        let compiled = try content.variants.sorted { $0.key < $1.key }.map { language, variant in
            let compiled = try CompiledVariant(
                variant,
                language: language,
                senderName: variant.senderName ?? content.senderName
            )
            return (language.lowercased(), compiled)
        }
        return try Dictionary(compiled) { _, _ in
            throw MessagingError.setting(name: "language", problem: "stands twice")
        }
    }
}

/// A mail rendered for one recipient, not yet addressed.
public struct RenderedEmail: Hashable, Sendable {
    /// The language tag of the variant, in lower case.
    public var language: String
    /// The sender.
    public var from: Mailbox
    /// Where answers go, if not to the sender.
    public var replyTo: EmailAddress?
    /// The subject, on one line.
    public var subject: String
    /// The HTML part, if there is one.
    public var html: String?
    /// The text part, given or derived.
    public var text: String
    /// The files that go with it.
    var attachments: [AttachedFile] = []
}
