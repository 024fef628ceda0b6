// SPDX-License-Identifier: Apache-2.0
import Exports
import Foundation
import Testing

@Suite struct CatalogueTests {
    @Test func `the catalogue has the 40 entries of the specification, in order`() throws {
        let file = try CatalogueFile.read()
        #expect(ExportPair.catalogue.map(\.rawValue) == file.pairs.map(\.id))
        #expect(ExportPair.catalogue.count == 40)
        #expect(ExportType.allCases.count == 13)
        for (pair, expected) in zip(ExportPair.catalogue, file.pairs) {
            #expect(CatalogueFile.Pair(pair) == expected)
        }
    }

    @Test func `beyond the catalogue there are the full exports of the four kinds of tables`() {
        let beyond = ExportPair.allCases.filter { !ExportPair.catalogue.contains($0) }
        #expect(
            beyond.map(\.rawValue) == [
                "profile.full", "linkedData.full", "interactions.full", "repository.full",
            ]
        )
        #expect(beyond.allSatisfy { $0.facts.kind == .full && $0.facts.layout == .table })
        #expect(ExportPair.catalogue.allSatisfy { $0.facts.kind == .incremental })
    }

    @Test(arguments: Layout.allCases)
    func `a layout has the columns of the specification`(layout: Layout) throws {
        let expected = try CatalogueFile.read().layouts[layout.rawValue]
        #expect(layout.columns.map(CatalogueFile.Column.init) == expected ?? [])
        #expect((expected == nil) == (layout == .table))
    }

    @Test func `the types about profiles and campaigns are available`() {
        let missing = ExportPair.allCases.filter { !$0.isAvailable }
        #expect(missing.filter { $0.facts.exportType.group == .campaign }.isEmpty)
        #expect(missing.filter { $0.facts.exportType == .profile }.isEmpty)
    }
}

/// The facts as the specification gives them.
private struct CatalogueFile: Decodable {
    struct Column: Decodable, Equatable {
        var label: String
        var name: String
        var type: String
        var onlyIf: String?

        init(_ column: CatalogueColumn) {
            label = column.label
            name = column.name ?? "(technical name of the key attribute)"
            type = column.type.rawValue
            onlyIf = column.condition?.rawValue
        }
    }

    struct Pair: Decodable, Equatable {
        var id: String
        var exportType: String
        var eventType: String
        var group: String
        var layout: String
        var profileAttributes: String
        var window: String
        var activeCampaignsOnly: Bool
        var sourceFilter: Bool

        init(_ pair: ExportPair) {
            id = pair.rawValue
            exportType = pair.facts.exportType.rawValue
            eventType = pair.facts.eventType
            group = pair.facts.exportType.group.rawValue
            layout = pair.facts.layout.rawValue
            profileAttributes = pair.facts.profileAttributes.rawValue
            window = pair.facts.window
            activeCampaignsOnly = pair.facts.activeCampaignsOnly
            sourceFilter = pair.facts.sourceFilter
        }
    }

    var layouts: [String: [Column]]
    var pairs: [Pair]

    static func read() throws -> CatalogueFile {
        let url = Golden.folder.appendingPathComponent("exports-catalogue.json")
        return try JSONDecoder().decode(CatalogueFile.self, from: Data(contentsOf: url))
    }
}
