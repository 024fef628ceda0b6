// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database

/// Where the rows of an export type come from: one file each, and one line in ``ExportPair/rows``.
///
/// A source reads relations that other rooms declare through their stamp indexes.
protocol RowSource: Sendable {
    /// The relation, for the export's tables.
    func relation(for tables: ExportTables) -> SourceRelation
    /// The cell of a column of the layout, by its technical name; nil for a name it has not.
    func cell(_ column: String) -> CellSource?
    /// The SQL of the profile's business key as it was when the profile was deleted.
    ///
    /// For rows that outlive their profile; nil where the profile itself is the row.
    var keyOfDeletedProfile: String? { get }
    /// The SQL of the business key of a deleted row; nil unless rows are deletions of rows.
    var keyOfDeletedRow: String? { get }
    /// Whether the judge asks what the window's end has seen.
    var readsCutOff: Bool { get }
    /// What decides which rows of the range belong into the file.
    func judge(_ facts: JudgingFacts) -> RowJudge
}

extension RowSource {
    var keyOfDeletedRow: String? { nil }

    var readsCutOff: Bool { false }
}

/// Decides on the present row.
typealias RowJudge = (any RowCursor) -> Verdict

/// A relation with a stamp index.
struct SourceRelation: Sendable {
    /// The table with its alias.
    let from: String
    /// The alias before each column.
    let alias: String
    /// The column with the stamp.
    let stamp: String
    /// The column with the moment that orders events; nil for state exports.
    let event: String?
    /// The column with the profile's id, to join the profile by; nil when the row is the profile.
    let profile: String?
    /// Whether the table holds the rows of all workspaces.
    let isScoped: Bool
    /// The columns that the judge reads, from ``firstFilter`` on.
    let filters: [String]
    /// The column with the id of the contact that the row followed, joined as `contact` where a
    /// column needs it.
    var contact: String?
    /// What makes a row the export's own, so that the engine leaves others out before it joins
    /// anything: comparisons with ids and words of ours, never with something that a user typed.
    var conditions: [String] = []

    /// The column with the profile's id, whether the row belongs to the profile or is it.
    var person: String {
        profile ?? (isScoped ? "\(alias).profile_id" : "\(alias).id")
    }

    /// The join of the contact, if one of some expressions needs it.
    func contactJoin(for expressions: [String]) -> String {
        guard let contact, expressions.contains(where: { $0.contains("contact.") }) else {
            return ""
        }
        return " JOIN interaction contact ON contact.workspace_id = \(alias).workspace_id"
            + " AND contact.id = \(contact)"
    }

    /// The place of the stamp in a row.
    static let stampIndex = 0
    /// The place of the id in a row.
    static let idIndex = 1
    /// The place of the event's moment in a row.
    static let eventIndex = 2
    /// The place of the first column that the judge reads.
    static let firstFilter = 3
}

/// What becomes of a row of the range.
enum Verdict {
    /// It is in the file.
    case keep
    /// It is of another channel, or has never changed.
    case notOurs
    /// Its campaign was not active.
    case inactiveCampaign
    /// Its source is not ticked.
    case filteredSource
}

/// What judges may know.
struct JudgingFacts {
    let filter: SourceFilter
    let campaigns: CampaignBook
    /// The window's end; nil when there is no window.
    var cutOff: Tick?
}

extension JudgingFacts {
    /// Judges change records, whose filter is the source.
    var changeJudge: RowJudge {
        guard filter.isOn else { return { _ in .keep } }
        let accepted = filter.accepted.map { Array($0.rawValue.utf8) }
        return { cursor in
            let source = cursor.utf8(SourceRelation.firstFilter)
            return accepted.contains { $0.elementsEqual(source) } ? .keep : .filteredSource
        }
    }
}
