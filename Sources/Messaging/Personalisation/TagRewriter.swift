// SPDX-License-Identifier: Apache-2.0

/// Checks the tags of a template and rewrites their names (see `VariableKey`).
///
/// Accepted: variables, `{{{raw}}}` and `{{&raw}}`, sections, inverted sections, comments, `{{.}}`,
/// the transforms `capitalized`, `lowercased` and `uppercased` on a variable, and
/// `first()`, `last()`, `index()`, `even()`, `odd()` inside a repeated section. Partials,
/// inheritance, delimiter changes and pragmas are refused: a message is one text.
struct TagRewriter {
    private let part: String
    private let source: [UInt8]
    private var output: [UInt8] = []
    private var position = 0
    private var openSections: [(name: Substring, position: Int)] = []
    /// The texts and variables in order; nil once any other kind of tag was found.
    private(set) var segments: [TextSegment]? = []
    /// Whether a value is printed unescaped.
    private(set) var hasRawTags = false
    /// The first names of all variables and sections.
    private(set) var variables: Set<String> = []

    init(_ source: String, part: String) {
        self.part = part
        self.source = Array(source.utf8)
    }

    /// Gives the rewritten template.
    mutating func rewrite() throws -> String {
        while let start = find(Self.opening, from: position) {
            addText(source[position..<start])
            try rewriteTag(at: start)
        }
        addText(source[position...])
        guard let section = openSections.last else {
            return String(decoding: output, as: UTF8.self)
        }
        throw error("the section \(section.name) is never closed", at: section.position)
    }

    private static let opening = Array("{{".utf8)
    private static let closing = Array("}}".utf8)
    private static let rawClosing = Array("}}}".utf8)

    private mutating func addText(_ text: ArraySlice<UInt8>) {
        output += text
        guard !text.isEmpty else { return }
        segments?.append(.constant(String(decoding: text, as: UTF8.self)))
    }

    private mutating func rewriteTag(at start: Int) throws {
        let kind = start + 2 < source.count ? source[start + 2] : 0
        let hasKind = Array("{#^/&!><$=%*".utf8).contains(kind)
        let bodyStart = start + (hasKind ? 3 : 2)
        let closing = kind == UInt8(ascii: "{") ? Self.rawClosing : Self.closing
        guard let end = find(closing, from: bodyStart) else {
            throw error("the tag is not closed", at: start)
        }
        let next = end + closing.count
        output += source[start..<bodyStart]
        if kind == UInt8(ascii: "!") {
            output += source[bodyStart..<end]
            segments = nil
        } else {
            let body = trimmed(bodyStart..<end)
            output += try rewriteBody(body, kind: hasKind ? kind : nil, at: start).utf8
        }
        output += closing
        position = next
    }

    private mutating func rewriteBody(
        _ body: Substring,
        kind: UInt8?,
        at start: Int
    ) throws -> String {
        switch kind {
        case nil:
            addVariable(body, isRaw: false)
            return try rewriteVariable(body, at: start)
        case UInt8(ascii: "{"), UInt8(ascii: "&"):
            hasRawTags = true
            addVariable(body, isRaw: true)
            return try rewriteVariable(body, at: start)
        case UInt8(ascii: "#"), UInt8(ascii: "^"):
            segments = nil
            openSections.append((body, start))
            return try rewriteSection(body, at: start)
        case UInt8(ascii: "/"):
            guard let section = openSections.popLast(), section.name == body else {
                throw error("/\(body) does not close the open section", at: start)
            }
            return try rewriteSection(body, at: start)
        default:
            throw error("this kind of tag is not supported", at: start)
        }
    }

    private mutating func addVariable(_ body: Substring, isRaw: Bool) {
        guard Self.isName(body) else {
            segments = nil
            return
        }
        let key = VariableKey(rewritten: VariableKey.rewrite(body, isSection: false))
        segments?.append(.variable(key, isRaw: isRaw))
    }

    private mutating func rewriteVariable(_ body: Substring, at start: Int) throws -> String {
        if body == "." || Self.sequenceTransforms.contains(String(body)) { return String(body) }
        if let inner = transformed(body) {
            return String(body.prefix { $0 != "(" }) + "("
                + (try rewriteVariable(inner, at: start)) + ")"
        }
        guard Self.isName(body) else { throw error("the name is not valid", at: start) }
        variables.insert(String(body.prefix { $0 != "." }))
        return VariableKey.rewrite(body, isSection: false)
    }

    private mutating func rewriteSection(_ body: Substring, at start: Int) throws -> String {
        if Self.sequenceTransforms.contains(String(body)) { return String(body) }
        guard Self.isName(body) else { throw error("the name is not valid", at: start) }
        variables.insert(String(body.prefix { $0 != "." }))
        return VariableKey.rewrite(body, isSection: true)
    }

    private static let sequenceTransforms: Set<String> = [
        "first()", "last()", "index()", "even()", "odd()",
    ]

    private static let textTransforms: Set<String> = ["capitalized", "lowercased", "uppercased"]

    /// The argument of a text transform; nil when the body is none.
    private func transformed(_ body: Substring) -> Substring? {
        guard let open = body.firstIndex(of: "("), body.last == ")",
            Self.textTransforms.contains(String(body[..<open]))
        else { return nil }
        return body[body.index(after: open)...].dropLast()
    }

    /// Letters, digits, `_` and `-`, in parts joined by single dots.
    private static func isName(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { byte in
                    byte.isASCIILetterOrDigit || byte == UInt8(ascii: "_")
                        || byte == UInt8(ascii: "-")
                }
        }
    }

    private func trimmed(_ range: Range<Int>) -> Substring {
        let text = Substring(decoding: source[range], as: UTF8.self)
        let start = text.drop(while: \.isWhitespace)
        return start.lastIndex { !$0.isWhitespace }.map { start[...$0] } ?? ""
    }

    private func find(_ pattern: [UInt8], from start: Int) -> Int? {
        var index = start
        while index + pattern.count <= source.count {
            if source[index..<index + pattern.count].elementsEqual(pattern) { return index }
            index += 1
        }
        return nil
    }

    private func error(_ problem: String, at position: Int) -> MessagingError {
        let before = source[..<position]
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let column = String(decoding: source[lineStart..<position], as: UTF8.self).count + 1
        return .templateSyntax(part: part, line: line, column: column, problem: problem)
    }
}
