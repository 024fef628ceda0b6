// SPDX-License-Identifier: Apache-2.0
import API
import Audience
import Common
import Database
import Exports

/// Whom and what an export is about, for the summary of the wizard and its own page.
struct ExportTargetFacts {
    private let definition: ExportDefinition
    private let visit: Visit

    init(_ definition: ExportDefinition, _ visit: Visit) {
        (self.definition, self.visit) = (definition, visit)
    }

    /// The facts with their labels.
    func items(in connection: Connection) throws -> [(label: String, value: HTML)] {
        [try table(in: connection)] + (try search(in: connection)) + [window] + rules
    }

    private func table(in connection: Connection) throws -> (label: String, value: HTML) {
        if let id = definition.customTable {
            let table = try CustomTableStore(visit.workspace).table(id, in: connection)
            return ("Custom table", HTML(escaping: table.displayName))
        }
        let table = try ProfileTableStore(visit.workspace)
            .table(definition.table ?? ProfileTableID(0), in: connection)
        return ("Profile table", HTML(escaping: table.displayName))
    }

    private func search(in connection: Connection) throws -> [(label: String, value: HTML)] {
        guard let id = definition.search else { return [] }
        let search = try SearchStore(visit.workspace, visit.services.rooms.searches)
            .search(id, in: connection)
        return [("Only whom this search finds", HTML(escaping: search.name))]
    }

    private var window: (label: String, value: HTML) {
        definition.pair.isFull
            ? ("Rows", "Everything that is there, in each file anew.")
            : ("Window", "From the previous execution to this one; nothing twice, nothing missed.")
    }

    private var rules: [(label: String, value: HTML)] {
        var items: [(label: String, value: HTML)] = []
        if definition.pair.facts.activeCampaignsOnly {
            items.append(
                (
                    "Only active campaigns",
                    "One-shot and A/B sends count for 31 days after they were sent."
                )
            )
        }
        if definition.sourceFilter.isOn {
            let words = definition.sourceFilter.accepted.map { Reason.words($0.rawValue) }
            items.append(("Sources", HTML(escaping: words.joined(separator: ", "))))
        }
        return items
    }
}
