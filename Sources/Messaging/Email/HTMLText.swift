// SPDX-License-Identifier: Apache-2.0

/// Derives a readable text part from HTML.
///
/// Paragraphs and headings are set off by a blank line, list items start with `- `, links are
/// followed by their URL in parentheses, images give their alternative text, entities are decoded,
/// white space is collapsed, and what a reader never sees (head, style, script, comments) is dropped.
/// It reads what browsers read: unknown and unclosed tags do no harm.
struct HTMLText {
    private let source: [UInt8]
    private let keepsTags: Bool
    private var position = 0
    private var lines = TextLines()
    private var links: [(url: String, start: Int)] = []

    /// Gives the text of an HTML document or fragment.
    ///
    /// With `keepingTags`, Mustache tags stay where they stand, so that a template gives a template.
    static func derive(from html: String, keepingTags: Bool = false) -> String {
        var reader = HTMLText(source: Array(html.utf8), keepsTags: keepingTags)
        return reader.read()
    }

    private init(source: [UInt8], keepsTags: Bool) {
        self.source = source
        self.keepsTags = keepsTags
    }

    private mutating func read() -> String {
        while position < source.count {
            if keepsTags, starts(with: "{{") {
                readTemplateTag()
            } else if source[position] == UInt8(ascii: "<"), opensMarkup(at: position + 1) {
                readMarkup()
            } else if source[position] == UInt8(ascii: "&") {
                readEntity()
            } else {
                lines.append(source[position])
                position += 1
            }
        }
        return lines.finish()
    }

    /// Copies a Mustache tag as it is; comments are dropped.
    private mutating func readTemplateTag() {
        let end = find("}}", from: position).map { $0 + 2 } ?? source.count
        if !starts(with: "{{!") { lines.append(verbatim: source[position..<end]) }
        position = end
    }

    private mutating func readEntity() {
        let entity = HTMLEntity.read(source[position...])
        lines.append(verbatim: Array(entity.text.utf8)[...])
        position += entity.length
    }

    private func opensMarkup(at index: Int) -> Bool {
        guard index < source.count else { return false }
        let byte = source[index]
        return byte.isASCIILetter || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "!")
            || byte == UInt8(ascii: "?")
    }

    private mutating func readMarkup() {
        if starts(with: "<!--") {
            position = find("-->", from: position + 4).map { $0 + 3 } ?? source.count
            return
        }
        let end = HTMLTag.end(in: source, from: position + 1)
        let tag = HTMLTag(source[(position + 1)..<end])
        position = min(end + 1, source.count)
        if Self.hidden.contains(tag.name), !tag.isClosing {
            skip(past: tag.name)
        } else {
            apply(tag)
        }
    }

    private static let hidden: Set<String> = [
        "head", "noscript", "script", "style", "template", "title",
    ]

    /// Drops everything up to and including the end tag.
    private mutating func skip(past name: String) {
        let end = find("</" + name, from: position) ?? source.count
        position = find(">", from: end).map { $0 + 1 } ?? source.count
    }

    private mutating func apply(_ tag: HTMLTag) {
        switch tag.name {
        case "a": applyLink(tag)
        case "br": lines.breakLine()
        case "hr": lines.rule()
        case "img": lines.append(decoded: tag.attribute("alt") ?? "")
        case "li": tag.isClosing ? lines.endLine() : lines.startItem()
        case "td", "th": if tag.isClosing { lines.append(UInt8(ascii: " ")) }
        case "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "table", "pre":
            lines.endParagraph()
        case "div", "tr", "section", "article", "header", "footer", "center", "body", "dd", "dt":
            lines.endLine()
        default: break
        }
    }

    private mutating func applyLink(_ tag: HTMLTag) {
        if !tag.isClosing {
            links.append((tag.attribute("href") ?? "", lines.length))
        } else if let link = links.popLast() {
            lines.endLink(link.url, from: link.start)
        }
    }

    private func starts(with text: String) -> Bool {
        source[position...].starts(with: text.utf8)
    }

    /// Finds a text, ignoring the case of ASCII letters.
    private func find(_ text: String, from start: Int) -> Int? {
        let pattern = Array(text.utf8)
        var index = start
        while index + pattern.count <= source.count {
            let candidate = source[index..<index + pattern.count].lazy.map(\.lowercasedASCII)
            if candidate.elementsEqual(pattern) { return index }
            index += 1
        }
        return nil
    }
}
