// SPDX-License-Identifier: Apache-2.0

/// A text with places for values, such as `{{to}}`, each escaped for where it stands.
struct ProviderTemplate: Sendable {
    /// How values are escaped.
    enum Escaping: Sendable {
        /// As in an address or a form.
        case address
        /// As in a string of JSON.
        case json
        /// As in the text of XML.
        case xml
        /// Folded to one line.
        case line
        /// Not at all.
        case none

        init(mediaType: String) {
            switch mediaType {
            case "application/x-www-form-urlencoded": self = .address
            case "application/json": self = .json
            case let type where type.hasSuffix("+json"): self = .json
            case "application/xml", "text/xml": self = .xml
            case let type where type.hasSuffix("+xml"): self = .xml
            default: self = .none
            }
        }
    }

    private static let names: Set<String> = [
        "id", "to", "from", "text", "parts", "encoding", "reportUrl", "secret",
    ]

    /// Texts, and between them names.
    private let texts: [String]
    private let names: [String]
    private let escaping: Escaping

    /// - Throws: ``MessagingError/setting(name:problem:)`` for a name that is none, or an open brace
    ///   without its end.
    init(_ source: String, name: String, _ escaping: Escaping) throws {
        var texts: [String] = []
        var names: [String] = []
        var parts = source.split(separator: "{{", omittingEmptySubsequences: false)
        texts.append(String(parts.removeFirst()))
        for part in parts {
            guard let end = part.firstRange(of: "}}") else {
                throw MessagingError.setting(name: name, problem: "has a {{ without its }}")
            }
            let key = part[..<end.lowerBound].filter { $0 != " " }
            guard ProviderTemplate.names.contains(key) else {
                throw MessagingError.setting(name: name, problem: "knows no {{\(key)}}")
            }
            names.append(key)
            texts.append(String(part[end.upperBound...]))
        }
        self.texts = texts
        self.names = names
        self.escaping = escaping
    }

    /// The text with its values.
    func fill(_ values: [String: String]) -> String {
        var text = texts[0]
        for (name, rest) in zip(names, texts.dropFirst()) {
            text += escape(values[name] ?? "") + rest
        }
        return text
    }

    private func escape(_ value: String) -> String {
        switch escaping {
        case .address: URLText.escaped(value)
        case .json: value.unicodeScalars.map(ProviderTemplate.json).joined()
        case .xml: value.unicodeScalars.map(ProviderTemplate.xml).joined()
        case .line: HeaderText.fold(value)
        case .none: value
        }
    }

    /// RFC 8259, section 7.
    private static func json(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case _ where scalar.value < 0x20:
            let digits = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: return String(Character(scalar))
        }
    }

    private static func xml(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        case "\"": "&quot;"
        default: String(Character(scalar))
        }
    }
}

/// A regular expression for answers, found anywhere in them.
struct AnswerPattern: @unchecked Sendable {
    // A compiled expression is never changed.
    private let expression: Regex<AnyRegexOutput>

    /// - Throws: ``MessagingError/setting(name:problem:)`` for what is no expression.
    init(_ source: String, name: String) throws {
        guard (1...500).contains(source.utf8.count), let expression = try? Regex(source) else {
            throw MessagingError.setting(
                name: name,
                problem: "is no regular expression of at most 500 characters"
            )
        }
        self.expression = expression
    }

    func matches(_ text: String) -> Bool { text.firstMatch(of: expression) != nil }
}
