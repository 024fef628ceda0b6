// SPDX-License-Identifier: Apache-2.0

/// A value that a template can print, test or repeat over.
///
/// Encoded as the plain JSON value, so that parameters of an API call decode into it directly.
public enum PersonalisationValue: Hashable, Sendable {
    /// Printed as it is. An empty text takes the default when there is one.
    case text(String)
    /// Printed in decimal without grouping.
    case integer(Int64)
    /// Printed in its shortest decimal form, without a fraction when it is whole.
    case number(Double)
    /// Printed as `true` or `false`; decides sections.
    case boolean(Bool)
    /// Repeats a section once an element.
    case list([PersonalisationValue])
    /// Opens a section whose names are looked up here first, then further out.
    case record([String: PersonalisationValue])

    /// The printed form; nil for lists and records.
    var printed: String? {
        switch self {
        case .text(let text): text
        case .integer(let integer): String(integer)
        case .number(let number): Int64(exactly: number).map(String.init) ?? String(number)
        case .boolean(let boolean): boolean ? "true" : "false"
        case .list, .record: nil
        }
    }
}

extension PersonalisationValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// Makes a text.
    public init(stringLiteral value: String) { self = .text(value) }

    /// Makes a boolean.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }

    /// Makes an integer.
    public init(integerLiteral value: Int64) { self = .integer(value) }

    /// Makes a list.
    public init(arrayLiteral elements: PersonalisationValue...) { self = .list(elements) }

    /// Makes a record; the last of equal keys wins.
    public init(dictionaryLiteral elements: (String, PersonalisationValue)...) {
        self = .record(Dictionary(elements) { _, last in last })
    }
}

extension PersonalisationValue: Codable {
    /// Reads any JSON value but null; null fields of an object are left out.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let boolean = try? container.decode(Bool.self) {
            self = .boolean(boolean)
        } else if let integer = try? container.decode(Int64.self) {
            self = .integer(integer)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([PersonalisationValue].self) {
            self = .list(list)
        } else {
            let fields = try container.decode([String: PersonalisationValue?].self)
            self = .record(fields.compactMapValues { $0 })
        }
    }

    /// Writes the plain JSON value.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .integer(let integer): try container.encode(integer)
        case .number(let number): try container.encode(number)
        case .boolean(let boolean): try container.encode(boolean)
        case .list(let list): try container.encode(list)
        case .record(let fields): try container.encode(fields)
        }
    }
}
