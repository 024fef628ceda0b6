// SPDX-License-Identifier: Apache-2.0

/// Puts marks in place of the targets of an HTML template's links, and one for the pixel.
///
/// It reads what browsers read: `href` of `a` and `area` outside of comments, styles and scripts. Left
/// as they are: targets that are no web addresses, those that hold the unsubscribe variable, and links
/// with the attribute `data-track="false"`.
struct HTMLLinks {
    private let source: [UInt8]
    private let mark: TrackingMark
    private var position = 0
    private var copied = 0
    private var output: [UInt8] = []
    private var bodyEnd: Int?

    /// The template with its marks; the links are added to the list.
    static func mark(_ html: String, _ mark: TrackingMark, _ list: inout LinkList) -> String {
        var reader = HTMLLinks(source: Array(html.utf8), mark: mark)
        reader.read(&list)
        return String(decoding: reader.finish(), as: UTF8.self)
    }

    private init(source: [UInt8], mark: TrackingMark) {
        self.source = source
        self.mark = mark
    }

    private mutating func read(_ list: inout LinkList) {
        while let start = source[position...].firstIndex(of: UInt8(ascii: "<")) {
            position = start + 1
            if starts(with: "!--") {
                position = find("-->", from: position).map { $0 + 3 } ?? source.count
            } else if position < source.count, isTagStart(source[position]) {
                readTag(from: start, &list)
            }
        }
    }

    private func isTagStart(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte == UInt8(ascii: "/")
    }

    private mutating func readTag(from start: Int, _ list: inout LinkList) {
        let end = HTMLTag.end(in: source, from: position)
        let tag = HTMLTag(source[position..<end])
        position = min(end + 1, source.count)
        guard !tag.isClosing else {
            if tag.name == "body" { bodyEnd = output.count + start - copied }
            return
        }
        if ["style", "script"].contains(tag.name) {
            position = find("</" + tag.name, from: position) ?? source.count
        } else if ["a", "area"].contains(tag.name) {
            replace(tag, &list)
        }
    }

    private mutating func replace(_ tag: HTMLTag, _ list: inout LinkList) {
        guard let value = tag.attributeValue("href"),
            tag.attribute("data-track")?.lowercased() != "false",
            let url = Self.target(String(decoding: value, as: UTF8.self))
        else { return }
        let link = TrackedLink(name: name(of: tag, url), url: url)
        let number = list.position(of: link)
        let target = link.isPersonal ? String(decoding: value, as: UTF8.self) : ""
        output += source[copied..<value.startIndex]
        output += mark.link(number, target: target).utf8
        copied = value.endIndex
    }

    /// A target that can be tracked, decoded; nil for others.
    private static func target(_ value: String) -> String? {
        var text = HTMLEntity.decode(value)[...]
        text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        let url = String(text)
        guard !url.contains(UnsubscribeVariable.name) else { return nil }
        if url.contains("{{") { return url.utf8.count <= LinkRule.longest ? url : nil }
        return LinkRule.isWebAddress(url) ? url : nil
    }

    private func name(of tag: HTMLTag, _ url: String) -> String {
        let given = ["data-name", "title"].lazy.compactMap { tag.attribute($0) }
            .map(HTMLEntity.decode).first { !$0.isEmpty }
        return LinkName.short(given ?? content(), url)
    }

    /// The text up to the end of the link.
    private func content() -> String {
        let end = find("</a", from: position) ?? source.count
        let html = String(decoding: source[position..<max(position, end)], as: UTF8.self)
        return HTMLText.derive(from: html, keepingTags: true)
    }

    private mutating func finish() -> [UInt8] {
        output += source[copied...]
        let end = bodyEnd.map { min($0, output.count) } ?? output.count
        return Array(output[..<end]) + Array(mark.pixel.utf8) + Array(output[end...])
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

/// The variable by which an author places the unsubscribe link.
public enum UnsubscribeVariable {
    /// `unsubscribeURL`.
    public static let name = "unsubscribeURL"
}

/// Names of links.
///
/// Pure.
enum LinkName {
    /// One line of at most 255 characters; the target without its scheme when nothing is left.
    static func short(_ text: String, _ url: String) -> String {
        let words = text.split { $0.isWhitespace || $0.isNewline }.joined(separator: " ")
        let name = words.isEmpty ? url.split(separator: "//").last.map(String.init) ?? url : words
        return String(String.UnicodeScalarView(name.unicodeScalars.prefix(255)))
    }
}
