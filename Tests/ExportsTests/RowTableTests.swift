// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Testing

@testable import Exports

@Suite struct RowTableTests {
    @Test func `rows of linked data have id, key, attributes, moments and the profile's id`()
        async throws
    {
        let tables = try await tables(belongsToProfiles: true, isKeyed: true)
        let offer = ColumnOffer(.linkedDataCreated, .createdProfiles, tables)
        let main = offer.columns.filter(\.isMain).map(\.key)
        #expect(
            main == [
                "id", "userId", "emailAddress", "marketingConsent", "points", "score", "birth",
                "visit", "tags", "creationMoment", "updateMoment", "profileId",
            ]
        )
        #expect(offer["points"]?.source.sql.first?.hasPrefix("c.a") == true)
        #expect(offer["profile-points"]?.source.sql.first?.hasPrefix("p.a") == true)
    }

    @Test func `rows of a repository have neither a profile's id nor profile columns`()
        async throws
    {
        let tables = try await tables(belongsToProfiles: false, isKeyed: false)
        let offer = ColumnOffer(.repositoryCreated, .createdProfiles, tables)
        #expect(offer["profileId"] == nil)
        #expect(!offer.columns.contains { $0.key.hasPrefix("profile-") })
        #expect(offer.columns.map(\.key).prefix(2) == ["id", "userId"])
    }

    private func tables(
        belongsToProfiles: Bool,
        isKeyed: Bool
    ) async throws -> ExportTables {
        let world = try await World()
        let profiles = try await world.table()
        let rows = RowTable(
            id: CustomTableID(3),
            name: "orders",
            physicalName: "c1_3",
            attributes: profiles.attributes,
            businessKey: isKeyed ? profiles.businessKey : nil,
            belongsToProfiles: belongsToProfiles
        )
        return ExportTables(
            rows: rows,
            of: world.workspace,
            profiles: belongsToProfiles ? profiles : nil
        )
    }
}
