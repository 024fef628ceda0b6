// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Foundation

/// Reads values that stand as text in a query or a form (spec/api.md, "Conventions").
///
/// Pure.
enum AttributeText {
    /// Booleans as queries write them, in any case.
    static func boolean(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "1", "true": true
        case "0", "false": false
        default: nil
        }
    }

    /// Seconds since 1970 with at most six decimals.
    static func moment(_ text: String) -> Instant? {
        guard text.wholeMatch(of: #/-?\d{1,12}(\.\d{1,9})?/#) != nil, let value = Double(text)
        else { return nil }
        return moment(seconds: value)
    }

    /// The nearest microsecond; nil beyond the years 1 to 9999.
    static func moment(seconds: Double) -> Instant? {
        guard seconds.isFinite, (-62_135_596_800...253_402_300_799).contains(seconds) else {
            return nil
        }
        return Instant(microseconds: Int64((seconds * 1_000_000).rounded()))
    }

    /// What a filter compares with; an empty text means null.
    ///
    /// - Returns: nil when the text is no such value.
    static func filter(_ text: String, _ kind: ResourceAttribute.Kind) -> SQLValue? {
        guard !text.isEmpty else { return .null }
        return switch kind {
        case .integer: Int64(text).map(SQLValue.integer)
        case .number: Double(text).flatMap { $0.isFinite ? .double($0) : nil }
        case .boolean: boolean(text).map(SQLValue.boolean)
        case .text: .text(text)
        case .choice(let words): words.contains(text) ? .text(text) : nil
        case .moment: moment(text).map(SQLValue.moment)
        case .structure, .several: nil
        }
    }

    /// A value of a form as JSON would have it; an empty text is null.
    static func json(_ text: String, _ kind: ResourceAttribute.Kind) -> JSONValue {
        guard !text.isEmpty else { return .null }
        let given = JSONValue.string(text)
        return switch kind {
        case .integer: Int64(text).map(JSONValue.integer) ?? given
        case .number, .moment: Double(text).map(JSONValue.number) ?? given
        case .boolean: boolean(text).map(JSONValue.boolean) ?? given
        case .text, .choice: given
        case .structure, .several:
            JSONDepth.isTooDeep(text.utf8)
                ? given
                : (try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))) ?? given
        }
    }

    /// What a value of a kind is called in messages.
    static func name(_ kind: ResourceAttribute.Kind) -> String {
        switch kind {
        case .integer: "a whole number"
        case .number: "a number"
        case .boolean: "true or false"
        case .text(let limit): "a text of at most \(limit) characters"
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .moment: "a time in seconds since 1970"
        case .structure: "an object or array"
        case .several(let kind): "an array, each element \(name(kind))"
        }
    }
}
