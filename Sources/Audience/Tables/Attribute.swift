// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The type of an attribute's values (spec/audience.md).
public enum AttributeType: String, CaseIterable, Sendable, Codable, SQLConvertible {
    /// Up to 255 characters unless a restriction says otherwise.
    case string
    /// Text of any length.
    case text
    /// 64-bit integer.
    case integer
    /// Double.
    case number
    /// Truth value.
    case boolean
    /// Calendar day.
    case date
    /// UTC instant with microseconds.
    case moment

    /// The type of the physical column of a single value.
    var columnType: ColumnDefinition.ColumnType {
        switch self {
        case .string, .text: .text
        case .integer: .integer
        case .number: .double
        case .boolean: .boolean
        case .date: .day
        case .moment: .moment
        }
    }
}

/// What an attribute is for; the rest of the system finds columns by it.
public enum AttributeRole: String, CaseIterable, Sendable, Codable, SQLConvertible {
    /// Names the person.
    case identifier
    /// The e-mail address.
    case emailAddress
    /// The mobile number, E.164 digits.
    case mobileNumber
    /// The first name.
    case firstName
    /// The last name.
    case lastName
    /// The day of birth.
    case birthDate
    /// The language, ISO 639-1.
    case language
    /// The time zone, an IANA name.
    case timeZone
    /// Whether e-mail is permitted.
    case emailEnabled
    /// Whether SMS is permitted.
    case smsEnabled
    /// Whether push is permitted.
    case pushEnabled
    /// The global marketing permission.
    case marketingConsent

    /// Whether it is a permission of one channel, true unless given when a profile is created.
    public var isChannelPermission: Bool {
        self == .emailEnabled || self == .smsEnabled || self == .pushEnabled
    }

    /// Whether a change from false to true is an opt-in.
    public var isPermission: Bool { isChannelPermission || self == .marketingConsent }

    /// The permission that contact by this address needs.
    public var permission: AttributeRole? {
        switch self {
        case .emailAddress: .emailEnabled
        case .mobileNumber: .smsEnabled
        default: nil
        }
    }
}

/// What restricts an attribute's values.
public struct Restriction: Sendable, Hashable, Codable {
    /// The fewest characters.
    public var minLength: Int?
    /// The most characters; 255 for a string unless set.
    public var maxLength: Int?
    /// The only values that are accepted, as text; any when empty.
    public var acceptedValues: [String]

    /// Makes a restriction; nothing is restricted unless given.
    public init(minLength: Int? = nil, maxLength: Int? = nil, acceptedValues: [String] = []) {
        self.minLength = minLength
        self.maxLength = maxLength
        self.acceptedValues = acceptedValues
    }
}

/// A typed column of a table.
public struct Attribute: Sendable, Hashable {
    /// Its id; the physical column is named after it.
    public var id: AttributeID
    /// Its technical name, which never changes.
    public var name: String
    /// The name that people see.
    public var displayName: String
    /// Further names that a file's header may use.
    public var aliases: [String]
    /// The type of its values.
    public var type: AttributeType
    /// Whether it holds several values; strings or integers only.
    public var isMultiValued: Bool
    /// Whether it must have a value.
    public var isMandatory: Bool
    /// Whether no two profiles may have the same value.
    public var isUnique: Bool
    /// What restricts its values.
    public var restriction: Restriction
    /// What it is for.
    public var role: AttributeRole?
    /// The physical column of what is filled like an attribute and is none, such as a reference.
    var technicalColumn: String?

    /// The physical column: an id, never a name that a user typed.
    public var column: String { technicalColumn ?? "a\(id)" }

    /// Whether profiles are looked up by it, so that it has an index.
    public var isIndexed: Bool {
        isUnique || role == .emailAddress || role == .mobileNumber || role == .identifier
    }

    var columnDefinition: ColumnDefinition {
        ColumnDefinition(column, isMultiValued ? .text : type.columnType, isNullable: true)
    }
}

/// An attribute that is to be made.
public struct NewAttribute: Sendable, Hashable {
    /// Its technical name: at most 50 of `[A-Za-z][A-Za-z0-9_]*`.
    public var name: String
    /// The name that people see; the technical name when nil.
    public var displayName: String?
    /// Further names that a file's header may use.
    public var aliases: [String]
    /// The type of its values.
    public var type: AttributeType
    /// Whether it holds several values.
    public var isMultiValued = false
    /// Whether it must have a value.
    public var isMandatory = false
    /// Whether no two profiles may have the same value.
    public var isUnique = false
    /// What restricts its values.
    public var restriction = Restriction()
    /// What it is for.
    public var role: AttributeRole?

    /// Makes an attribute to create.
    public init(
        _ name: String,
        _ type: AttributeType,
        displayName: String? = nil,
        aliases: [String] = [],
        role: AttributeRole? = nil,
        isUnique: Bool = false,
        isMandatory: Bool = false,
        isMultiValued: Bool = false,
        restriction: Restriction = Restriction()
    ) {
        self.name = name
        self.displayName = displayName
        self.aliases = aliases
        self.type = type
        self.role = role
        self.isUnique = isUnique
        self.isMandatory = isMandatory
        self.isMultiValued = isMultiValued
        self.restriction = restriction
    }
}
