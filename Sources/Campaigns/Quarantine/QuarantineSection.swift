// SPDX-License-Identifier: Apache-2.0
public import Audience
public import Common
public import Database

/// For what a person's address and number are in quarantine.
public struct QuarantineSection: DossierSection {
    /// Makes the section.
    public init() {}

    /// `Quarantine`.
    public var title: String { "Quarantine" }

    /// The digests of addresses.
    public var relations: [String] { ["quarantine"] }

    /// Every cause, oldest first.
    public func entries(
        for person: DossierPerson,
        in connection: Connection
    ) throws -> [DossierEntry] {
        try quarantines(of: person, in: connection).sorted { $0.since < $1.since }.map { found in
            DossierEntry(
                "quarantine",
                at: found.since,
                [
                    .init("channel", found.channel.rawValue), .init("cause", found.cause.rawValue),
                    .init("occurrences", "\(found.occurrences)"),
                    .init("until", found.until?.description),
                ]
            )
        }
    }

    /// Nothing: a digest stays, from which the address cannot be read, or the next import of an old
    /// file would let the person be contacted again.
    public func erase(
        _ person: DossierPerson,
        by context: Context,
        in transaction: Transaction
    ) throws -> [String] {
        let channels = Set(try quarantines(of: person, in: transaction).map(\.channel.rawValue))
        return channels.sorted().map {
            "a digest of the \($0) address in quarantine, until it is lifted"
        }
    }

    private func quarantines(
        of person: DossierPerson,
        in connection: Connection
    ) throws -> [Quarantine] {
        let store = QuarantineStore(person.table.workspace)
        var found: [Quarantine] = []
        for (channel, address) in [
            (ContactChannel.email, person.emailAddress), (.sms, person.mobileNumber),
        ] {
            guard let address else { continue }
            found += try store.entries(of: channel, address, in: connection)
        }
        return found
    }
}
