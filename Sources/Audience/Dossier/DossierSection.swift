// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// What a room holds on a person: shows it and erases it (promise 8 and erasure are one list).
///
/// Each room that holds personal data registers its sections; a test claims every table and spool
/// kind for a section or calls it impersonal.
public protocol DossierSection: Sendable {
    /// The section's heading, such as `Subscriptions`.
    var title: String { get }
    /// The tables and spool kinds that the section answers for.
    var relations: [String] { get }
    /// What is held on a person, oldest first where there is an order.
    func entries(for person: DossierPerson, in connection: Connection) throws -> [DossierEntry]
    /// Erases what is held on a person, but for what the deletion record keeps.
    ///
    /// - Returns: What is left and until when, one sentence each, such as a delivered file.
    /// - Throws: An error, which leaves everything as it was.
    func erase(
        _ person: DossierPerson,
        by context: Context,
        in transaction: Transaction
    ) throws -> [String]
}

/// The names of the physical tables that each profile table has, for ``DossierSection/relations``.
public enum ProfileRelation {
    /// The tables of attributes.
    public static let attributes = "p<workspace>_<table>"
    /// The tables of recency moments.
    public static let recency = "p<workspace>_<table>_recency"
    /// The tables of rows of custom tables.
    public static let customRows = "c<workspace>_<table>"
}

/// A person as the rooms may know them.
public struct DossierPerson: Sendable, Hashable {
    /// The profile table.
    public var table: ProfileTable
    /// The profile.
    public var profile: ProfileID
    /// The business key, as text.
    public var businessKey: String?
    /// The e-mail address as stored.
    public var emailAddress: String?
    /// The mobile number as stored, E.164 digits.
    public var mobileNumber: String?

    /// The person of a profile.
    public init(_ profile: Profile) {
        table = profile.table
        self.profile = profile.id
        businessKey = profile.businessKey
        emailAddress = profile.text(.emailAddress)
        mobileNumber = profile.text(.mobileNumber)
    }

    /// Business key, e-mail address and mobile number as stored, those that there are.
    public var identifiers: [String] {
        [businessKey, emailAddress, mobileNumber].compactMap { $0 }
    }
}

/// One thing that is held on a person.
public struct DossierEntry: Sendable, Hashable, Codable {
    /// A named value.
    public struct Field: Sendable, Hashable, Codable {
        /// The name of the value, such as `list`.
        public var name: String
        /// The value as text; nil for none.
        public var value: String?

        /// Makes a field.
        public init(_ name: String, _ value: String?) {
            self.name = name
            self.value = value
        }
    }

    /// What it is, in a few words, such as `attribute` or `subscribed`.
    public var kind: String
    /// When it happened, if it happened at one moment.
    public var moment: Instant?
    /// Its values in order.
    public var fields: [Field]

    /// Makes an entry.
    public init(_ kind: String, at moment: Instant? = nil, _ fields: [Field]) {
        self.kind = kind
        self.moment = moment
        self.fields = fields
    }

    /// The value of a field; nil when there is none.
    public func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }
}
