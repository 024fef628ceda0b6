// SPDX-License-Identifier: Apache-2.0
import API
import Common
import Mustache

/// Text that is HTML already; what is interpolated into it is escaped unless it is HTML too.
///
///     let cell: HTML = "<a href=\"\(address)\">\(name)</a>"
struct HTML: Sendable, Hashable, ExpressibleByStringInterpolation {
    /// The markup.
    private(set) var text: String

    static let nothing: HTML = ""

    /// Takes markup that the program itself wrote.
    init(markup: String) {
        text = markup
    }

    /// Escapes a text (OWASP XSS Prevention Cheat Sheet, rules 1 and 2).
    init(escaping text: some StringProtocol) {
        self.text = HTML.escape(text)
    }

    init(stringLiteral value: String) {
        text = value
    }

    init(stringInterpolation: Interpolation) {
        text = stringInterpolation.text
    }

    var isEmpty: Bool { text.isEmpty }

    static func + (left: HTML, right: HTML) -> HTML { HTML(markup: left.text + right.text) }

    static func escape(_ text: some StringProtocol) -> String { Markup.escaped(text) }

    /// What makes the parts of an interpolation harmless.
    struct Interpolation: StringInterpolationProtocol {
        var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity * 2)
        }

        mutating func appendLiteral(_ literal: String) { text += literal }

        mutating func appendInterpolation(_ html: HTML) { text += html.text }

        mutating func appendInterpolation(_ other: some StringProtocol) {
            text += HTML.escape(other)
        }

        mutating func appendInterpolation(_ number: some BinaryInteger) { text += "\(number)" }

        /// Identifiers are numbers.
        mutating func appendInterpolation<Kind>(_ id: ID<Kind>) { text += "\(id.value)" }
    }
}

extension HTML: MustacheCustomRenderable {
    var renderText: String { text }
    var isNull: Bool { text.isEmpty }
}

extension Sequence where Element == HTML {
    /// All one behind the other.
    func joined(_ separator: HTML = .nothing) -> HTML {
        HTML(markup: map(\.text).joined(separator: separator.text))
    }
}
