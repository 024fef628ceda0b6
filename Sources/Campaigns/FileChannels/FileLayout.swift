// SPDX-License-Identifier: Apache-2.0
internal import Audience

/// What stands in a line of the file of a campaign for print, a call center or an audience.
///
/// The first column is always `interactionId`, by which answers find their contact again.
public struct FileLayout: Sendable, Hashable, Codable {
    /// The attributes of the profile, by technical name, in the order of the columns.
    public var columns: [String]

    /// Makes a layout.
    public init(columns: [String]) {
        self.columns = columns
    }

    /// The name of the first column.
    public static let key = "interactionId"
    private static let mostColumns = 200

    /// The names of all columns.
    public var header: [String] { [FileLayout.key] + columns }

    /// Checks what can be checked without a table.
    ///
    /// - Throws: ``CampaignError/refused(attribute:reason:)``.
    func check() throws {
        guard (1...FileLayout.mostColumns).contains(columns.count) else {
            throw CampaignError.refused(attribute: "content", reason: "needs 1 to 200 columns")
        }
        let names = header.map { $0.lowercased() }
        guard Set(names).count == names.count else {
            throw CampaignError.refused(attribute: "content", reason: "names a column twice")
        }
    }

    /// Checks that each column is an attribute of a table.
    ///
    /// - Throws: ``CampaignError/refused(attribute:reason:)``.
    func check(_ table: ProfileTable) throws {
        for column in columns where table.attribute(named: column) == nil {
            throw CampaignError.refused(
                attribute: "content",
                reason: "names the column \(column), which is no attribute of \(table.name)"
            )
        }
    }
}
