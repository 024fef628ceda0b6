// SPDX-License-Identifier: Apache-2.0

/// The lines of a text part as they are laid out: collapsed white space, paragraphs, items.
struct TextLines {
    private var bytes: [UInt8] = []
    private var pendingSpace = false
    /// Line breaks owed before the next character: 1 ends a line, 2 a paragraph.
    private var pendingBreaks = 0

    /// The number of bytes laid out so far.
    var length: Int { bytes.count }

    /// Adds a byte of running text; white space collapses.
    mutating func append(_ byte: UInt8) {
        guard !byte.isASCIIWhitespace else {
            pendingSpace = true
            return
        }
        settle()
        bytes.append(byte)
    }

    /// Adds bytes as they are.
    mutating func append(verbatim added: ArraySlice<UInt8>) {
        guard !added.isEmpty else { return }
        settle()
        bytes += added
    }

    /// Adds an attribute's value as running text, with its entities decoded.
    mutating func append(decoded value: String) {
        for byte in HTMLEntity.decode(value).utf8 { append(byte) }
    }

    mutating func endLine() { pendingBreaks = max(pendingBreaks, 1) }

    mutating func endParagraph() { pendingBreaks = 2 }

    mutating func breakLine() { pendingBreaks = min(pendingBreaks + 1, 2) }

    mutating func startItem() {
        endLine()
        pendingSpace = false
        append(verbatim: Array("-".utf8)[...])
        pendingSpace = true
    }

    mutating func rule() {
        endParagraph()
        append(verbatim: Array("---".utf8)[...])
        endParagraph()
    }

    /// Adds a link's URL after its text, unless the text is the URL or the link stays on the page.
    mutating func endLink(_ attribute: String, from start: Int) {
        let url = HTMLEntity.decode(attribute)
        guard !url.isEmpty, !url.hasPrefix("#") else { return }
        let text = String(decoding: bytes[min(start, bytes.count)...], as: UTF8.self)
            .drop(while: \.isWhitespace)
        guard !text.isEmpty else { return append(verbatim: Array(url.utf8)[...]) }
        guard text != url, "mailto:" + text != url else { return }
        append(verbatim: Array(" (\(url))".utf8)[...])
    }

    /// Gives the text, ended by one line break unless it is empty.
    mutating func finish() -> String {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: "\n")) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func settle() {
        if pendingBreaks > 0, !bytes.isEmpty {
            bytes += repeatElement(UInt8(ascii: "\n"), count: pendingBreaks)
        } else if pendingSpace, !bytes.isEmpty {
            bytes.append(UInt8(ascii: " "))
        }
        pendingBreaks = 0
        pendingSpace = false
    }
}
