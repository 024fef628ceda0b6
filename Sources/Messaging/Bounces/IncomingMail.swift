// SPDX-License-Identifier: Apache-2.0

/// A mail that came into a mailbox, as far as it tells what became of one of ours.
///
/// Its parts are read in the order in which they stand; of a mail inside it only the headers count.
public struct IncomingMail: Sendable, Hashable {
    /// A part without parts of its own.
    public struct Part: Sendable, Hashable {
        /// Its media type in lower case, such as `message/delivery-status`.
        public var type: String
        /// What it says, its transfer encoding undone; of a mail, its headers.
        public var text: String

        /// Makes a part.
        public init(type: String, text: String) {
            self.type = type
            self.text = text
        }
    }

    /// Its header fields, unfolded.
    public var headers: FieldBlock
    /// Its parts.
    public var parts: [Part]

    /// Makes a mail.
    public init(headers: FieldBlock, parts: [Part]) {
        self.headers = headers
        self.parts = parts
    }

    /// The part of a type; nil when there is none.
    func part(_ types: String...) -> Part? { parts.first { types.contains($0.type) } }
}

/// The fields of a header, or of a block of a report (RFC 3464 section 2.1).
public struct FieldBlock: Sendable, Hashable {
    private var fields: [(name: String, value: String)] = []

    /// No fields.
    public init() {}

    /// Reads fields up to an empty line; what is no field is passed over.
    public init(_ text: some StringProtocol) {
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if line.isEmpty { break }
            if line.first == " " || line.first == "\t" {
                guard let last = fields.indices.last else { continue }
                fields[last].value += " " + FieldBlock.trimmed(line)
            } else if let colon = line.firstIndex(of: ":") {
                let name = FieldBlock.trimmed(line[..<colon]).lowercased()
                append(name, FieldBlock.trimmed(line[line.index(after: colon)...]))
            }
        }
    }

    /// Reads several blocks with empty lines between them; at most a thousand.
    static func all(_ text: String) -> [FieldBlock] {
        var blocks: [String] = [""]
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if line.isEmpty {
                if blocks.last != "" { blocks.append("") }
            } else {
                blocks[blocks.count - 1] += line + "\n"
            }
            if blocks.count > 1_000 { break }
        }
        return blocks.filter { !$0.isEmpty }.map { FieldBlock($0) }
    }

    /// Adds a field.
    mutating func append(_ name: String, _ value: String) {
        guard fields.count < 1_000 else { return }
        fields.append((name, value))
    }

    /// The first value of a field, named in lower case.
    public subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// All values of fields, named in lower case.
    func values(_ names: String...) -> [String] {
        fields.filter { names.contains($0.name) }.map(\.value)
    }

    /// Whether two blocks have the same fields in the same order.
    public static func == (left: FieldBlock, right: FieldBlock) -> Bool {
        left.fields.elementsEqual(right.fields) { $0 == $1 }
    }

    /// Hashes the fields in order.
    public func hash(into hasher: inout Hasher) {
        for field in fields {
            hasher.combine(field.name)
            hasher.combine(field.value)
        }
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var text = String(text)[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
