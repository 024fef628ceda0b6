// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// Everything that is held on a person, gathered from all rooms' sections (promise 8).
public struct Dossier: Sendable {
    /// One section's share.
    public struct Chapter: Sendable, Hashable, Codable {
        /// The section's heading.
        public var title: String
        /// What the section holds.
        public var entries: [DossierEntry]
    }

    /// The sections in the order in which they are shown and erased.
    public let sections: [any DossierSection]

    /// Makes a dossier.
    ///
    /// - Parameter sections: What the other rooms registered; Audience's own come first.
    public init(_ sections: [any DossierSection] = []) {
        self.sections = Dossier.ownSections + sections
    }

    /// Audience's own sections.
    public static let ownSections: [any DossierSection] = [
        AttributeSection(), SubscriptionSection(), PermissionChangeSection(), ImportLineSection(),
        DoNotContactSection(), CustomRowSection(), SegmentSection(),
    ]

    /// Gathers what all sections hold on a person; a chapter without entries is kept, so that it
    /// is seen that nothing is held.
    public func chapters(of profile: Profile, in connection: Connection) throws -> [Chapter] {
        let person = DossierPerson(profile)
        return try sections.map { section in
            Chapter(
                title: section.title,
                entries: try section.entries(for: person, in: connection)
            )
        }
    }
}

/// Deletes a profile and everything personal that any room holds on it (spec/audience.md).
///
/// What stays is the deletion record: profile id, business key, event time, the request's trio,
/// change source and stamp. The profile id is never given again.
public struct Erasure: Sendable {
    /// What an erasure did.
    public struct Report: Sendable, Hashable, Codable {
        /// The profile that is gone.
        public var profile: ProfileID
        /// What is left and until when, one sentence each.
        public var left: [String]
    }

    private let dossier: Dossier

    /// Makes an erasure of all of a dossier's sections.
    public init(_ dossier: Dossier) {
        self.dossier = dossier
    }

    /// Looks for what takes long to find, before the transaction of the erasure; blocks.
    ///
    /// - Returns: What ``erase(_:from:_:found:by:in:)`` takes; nil when there is no such profile.
    /// - Throws: `DatabaseError`.
    public static func lookAhead(
        for id: ProfileID,
        in table: ProfileTable,
        of database: Database
    ) throws -> PersonalLines? {
        let profile = try database.readBlocking { try ProfileStore(table).profile(id, in: $0) }
        return try profile.map { profile in
            try ImportLedger(table.workspace).lines(naming: DossierPerson(profile), of: database)
        }
    }

    /// Erases a person in one transaction: all of it, or nothing.
    ///
    /// The collection is the request's, as API and console take it. Without what a look ahead has
    /// found, the transaction looks through all retained lines of the workspace itself.
    ///
    /// - Throws: ``AudienceError/noSuchProfile(_:)``, or what a section throws.
    @discardableResult
    public func erase(
        _ id: ProfileID,
        from table: ProfileTable,
        _ collection: Collection,
        found: PersonalLines? = nil,
        by context: Context,
        in transaction: Transaction
    ) throws -> Report {
        guard let profile = try ProfileStore(table).profile(id, in: transaction) else {
            throw AudienceError.noSuchProfile("\(id)")
        }
        let person = DossierPerson(profile)
        let left = try dossier.sections.flatMap { section in
            if let lines = section as? ImportLineSection {
                return try lines.erase(person, found, by: context, in: transaction)
            }
            return try section.erase(person, by: context, in: transaction)
        }
        try ChangeRecords(table, collection, context)
            .deletion(of: id, businessKey: person.businessKey, in: transaction)
        try transaction.execute("DELETE FROM \(table.physicalName) WHERE id = $1", [id])
        return Report(profile: id, left: left)
    }
}
