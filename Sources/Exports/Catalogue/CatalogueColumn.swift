// SPDX-License-Identifier: Apache-2.0

/// A column of a layout.
public struct CatalogueColumn: Sendable, Hashable {
    /// The technical name, which is the header; nil for a business key, which has its attribute's.
    public let name: String?
    /// The name that people see.
    public let label: String
    /// The type of its values.
    public let type: ExportValueType
    /// When the column is there; always when nil.
    public let condition: Condition?

    /// What a column depends on.
    public enum Condition: String, Sendable, Hashable {
        /// The profile table has a business key.
        case profileKey = "profile table declares a business key"
        /// The custom table has a business key of its own.
        case rowKey = "custom table's business key is not an auto-incremented technical id"
    }

    static func integer(_ name: String, _ label: String) -> Self {
        Self(name: name, label: label, type: .integer, condition: nil)
    }

    static func string(_ name: String, _ label: String) -> Self {
        Self(name: name, label: label, type: .string, condition: nil)
    }

    static func boolean(_ name: String, _ label: String) -> Self {
        Self(name: name, label: label, type: .boolean, condition: nil)
    }

    static func moment(_ name: String, _ label: String) -> Self {
        Self(name: name, label: label, type: .moment, condition: nil)
    }

    static let profileKey = CatalogueColumn(
        name: nil,
        label: "Profile business key",
        type: .string,
        condition: .profileKey
    )

    static let rowKey = CatalogueColumn(
        name: nil,
        label: "Business key",
        type: .string,
        condition: .rowKey
    )
}

/// The type of the values of a column in a file.
public enum ExportValueType: String, Sendable, Codable {
    /// Text.
    case string
    /// Whole number.
    case integer
    /// Number with a decimal point.
    case number
    /// Truth value, written as the format says.
    case boolean
    /// Calendar day, written as the format says.
    case date
    /// Point in time, written as the format says.
    case moment
    /// Several values, joined as the format says.
    case several
}
