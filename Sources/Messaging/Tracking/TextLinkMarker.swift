// SPDX-License-Identifier: Apache-2.0

/// Puts marks in place of the web addresses of a text template.
///
/// An address ends at white space, at a quote or an angle bracket; punctuation behind it is none of it.
struct TextLinkMarker {
    private let source: [UInt8]
    private let mark: TrackingMark
    private var position = 0
    private var output: [UInt8] = []

    /// The template with its marks; links that the list has under another name keep that name.
    static func mark(_ text: String, _ mark: TrackingMark, _ list: inout LinkList) -> String {
        var reader = TextLinkMarker(source: Array(text.utf8), mark: mark)
        reader.read(&list)
        return String(decoding: reader.output, as: UTF8.self)
    }

    private init(source: [UInt8], mark: TrackingMark) {
        self.source = source
        self.mark = mark
    }

    private mutating func read(_ list: inout LinkList) {
        while position < source.count {
            guard startsAddress else {
                output.append(source[position])
                position += 1
                continue
            }
            let end = self.end(from: position)
            replace(position..<end, &list)
            position = end
        }
    }

    private var startsAddress: Bool {
        guard source[position] | 0x20 == UInt8(ascii: "h") else { return false }
        if position > 0, source[position - 1].isASCIILetterOrDigit { return false }
        let start = source[position...].prefix(8).map(\.lowercasedASCII)
        return start.starts(with: "http://".utf8) || start.starts(with: "https://".utf8)
    }

    /// Tags of the template belong to the address, blanks in them too.
    private func end(from start: Int) -> Int {
        var index = start
        var last = start
        while index < source.count, !Self.ends(source[index]) {
            if source[index...].starts(with: "{{".utf8) {
                index = tagEnd(from: index)
                last = index
            } else {
                index += 1
                if !Self.punctuation.contains(source[index - 1]) { last = index }
            }
        }
        return last
    }

    private func tagEnd(from start: Int) -> Int {
        var index = start + 2
        while index + 1 < source.count {
            if source[index] == UInt8(ascii: "}"), source[index + 1] == UInt8(ascii: "}") {
                let isRaw = source[index...].starts(with: "}}}".utf8)
                return index + (isRaw ? 3 : 2)
            }
            index += 1
        }
        return source.count
    }

    private static func ends(_ byte: UInt8) -> Bool {
        byte.isASCIIWhitespace || "<>\"".utf8.contains(byte)
    }

    private static let punctuation = Set(".,;:!?)]}'*_".utf8)

    private mutating func replace(_ range: Range<Int>, _ list: inout LinkList) {
        let url = String(decoding: source[range], as: UTF8.self)
        let isPersonal = url.contains("{{")
        let fits = isPersonal ? url.utf8.count <= LinkRule.longest : LinkRule.isWebAddress(url)
        guard fits, !url.contains(UnsubscribeVariable.name) else {
            output += source[range]
            return
        }
        let number =
            list.position(to: url)
            ?? list.position(of: TrackedLink(name: LinkName.short("", url), url: url))
        output += mark.link(number, target: isPersonal ? url : "").utf8
    }
}
