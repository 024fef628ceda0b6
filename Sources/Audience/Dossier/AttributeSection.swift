// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// A person's attributes and recency moments.
struct AttributeSection: DossierSection {
    let title = "Attributes"
    let relations = [ProfileRelation.attributes, ProfileRelation.recency]

    func entries(for person: DossierPerson, in connection: Connection) throws -> [DossierEntry] {
        let store = ProfileStore(person.table)
        guard let profile = try store.profile(person.profile, in: connection) else { return [] }
        let technical: [DossierEntry.Field] = [
            .init("profileId", profile.id.description),
            .init("creationMoment", profile.createdAt.description),
            .init("updateMoment", profile.updatedAt.description),
        ]
        let moments = try RecencyStore(person.table).moments(of: profile.id, in: connection)
        let attributes = person.table.attributes.map {
            DossierEntry.Field($0.name, profile.text($0))
        }
        let recency = RecencyMoment.allCases.map {
            DossierEntry.Field($0.rawValue, moments[$0]?.description)
        }
        return [DossierEntry("profile", technical + attributes + recency)]
    }

    /// The profile's own row goes last, with the erasure itself.
    func erase(
        _ person: DossierPerson,
        by context: Context,
        in transaction: Transaction
    ) throws -> [String] {
        try RecencyStore(person.table).delete(person.profile, in: transaction)
        return []
    }
}
