// SPDX-License-Identifier: Apache-2.0
import Common
public import Database

/// Writes attributes' values as the text that a ``ValueReader`` reads back.
public enum ValueText {
    /// The text of a value; nil for null.
    ///
    /// Truth values are `true` and `false`, days `YYYY-MM-DD`, moments ISO 8601 in UTC; whole
    /// numbers have no fraction; several values are joined by commas.
    public static func text(_ value: SQLValue, of attribute: Attribute) -> String? {
        guard attribute.isMultiValued else { return text(attribute.typed(value)) }
        guard case .text(let json) = value else { return nil }
        return SeveralValues.texts(json).joined(separator: ",")
    }

    private static func text(_ value: SQLValue) -> String? {
        switch value {
        case .null, .bytes: nil
        case .integer(let value): String(value)
        case .double(let value): text(value)
        case .text(let value): value
        case .boolean(let value): value ? "true" : "false"
        case .moment(let value): value.description
        case .day(let value): value.description
        }
    }

    private static func text(_ value: Double) -> String {
        Int64(exactly: value).map { String($0) } ?? String(value)
    }
}
