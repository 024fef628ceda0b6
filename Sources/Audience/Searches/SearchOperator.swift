// SPDX-License-Identifier: Apache-2.0

/// What an `attribute` node can ask; all compare by bytes and with case.
///
/// What is null matches `isEmpty` and `isNot`, and no other operator.
public enum SearchOperator: String, CaseIterable, Sendable {
    /// Has the value; of several values, has it among them.
    case `is`
    /// Does not have the value, or has none.
    case isNot
    /// Has one of an array of values.
    case `in`
    /// Comes before the value.
    case lessThan
    /// Comes after the value.
    case greaterThan
    /// Lies between two values, both included: `[from, to]`.
    case between
    /// A text that holds another; of several values, has it among them.
    case contains
    /// A text that begins with another.
    case startsWith
    /// Has no value; with `false`, has one.
    case isEmpty
    /// A day or moment more than so many days ago.
    case olderThanDays
    /// A day or moment in the last so many days, up to the present.
    case withinDays

    /// Whether it can be asked of a column.
    func suits(_ attribute: Attribute) -> Bool {
        switch self {
        case .is, .isNot, .in, .isEmpty: true
        case .contains: attribute.isMultiValued || attribute.type.isText
        case .startsWith: !attribute.isMultiValued && attribute.type.isText
        case .lessThan, .greaterThan, .between:
            !attribute.isMultiValued && attribute.type != .boolean
        case .olderThanDays, .withinDays: attribute.type == .date || attribute.type == .moment
        }
    }
}

extension AttributeType {
    var isText: Bool { self == .string || self == .text }
}
