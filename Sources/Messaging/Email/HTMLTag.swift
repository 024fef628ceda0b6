// SPDX-License-Identifier: Apache-2.0

/// A tag of an HTML document, read leniently.
struct HTMLTag {
    let name: String
    let isClosing: Bool
    private let attributes: ArraySlice<UInt8>

    /// Reads what stands between `<` and `>`.
    init(_ bytes: ArraySlice<UInt8>) {
        isClosing = bytes.first == UInt8(ascii: "/")
        let content = isClosing ? bytes.dropFirst() : bytes
        let name = content.prefix { $0.isASCIILetterOrDigit }
        self.name = String(decoding: name.map(\.lowercasedASCII), as: UTF8.self)
        attributes = content.dropFirst(name.count)
    }

    /// Gives the position of the `>` that ends a tag, or the end; quoted values may hold `>`.
    static func end(in source: [UInt8], from start: Int) -> Int {
        var quote: UInt8?
        for index in start..<source.count {
            let byte = source[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: ">") {
                return index
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            }
        }
        return source.count
    }

    /// Gives the undecoded value of an attribute, named in lower case.
    func attribute(_ wanted: String) -> String? {
        attributeValue(wanted).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Gives the undecoded value of an attribute, with its place in the document.
    func attributeValue(_ wanted: String) -> ArraySlice<UInt8>? {
        var rest = attributes
        while let start = rest.firstIndex(where: { $0.isASCIILetter }) {
            rest = rest[start...]
            let name = rest.prefix { $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "-") }
            rest = rest.dropFirst(name.count).drop(while: \.isASCIIWhitespace)
            let value = Self.takeValue(&rest)
            if name.lazy.map(\.lowercasedASCII).elementsEqual(wanted.utf8) {
                return value
            }
        }
        return nil
    }

    private static func takeValue(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard rest.first == UInt8(ascii: "=") else { return rest.prefix(0) }
        rest = rest.dropFirst().drop(while: \.isASCIIWhitespace)
        let quote = rest.first
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            rest = rest.dropFirst()
            let value = rest.prefix { $0 != quote }
            rest = rest.dropFirst(value.count + 1)
            return value
        }
        let value = rest.prefix { !$0.isASCIIWhitespace }
        rest = rest.dropFirst(value.count)
        return value
    }
}
