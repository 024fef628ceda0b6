// SPDX-License-Identifier: Apache-2.0
public import Common

/// When a column of an import changes a profile that exists (spec/imports.md).
public enum UpdatePolicy: String, Sendable, Codable, CaseIterable {
    /// Whenever the file has a value.
    case always
    /// Only while the profile has no value.
    case onlyIfEmpty
    /// Never: only when the profile is made.
    case onlyOnCreation
}

/// What a blank cell does.
public enum BlankPolicy: String, Sendable, Codable, CaseIterable {
    /// The column is left as it is.
    case leave
    /// The column is emptied.
    case clear
}

/// What several values do to those that a profile has.
public enum SeveralValuesPolicy: String, Sendable, Codable, CaseIterable {
    /// They take their place.
    case replace
    /// They are added.
    case append
}

/// A column of rows that are merged into a profile table.
public struct MergeColumn: Sendable {
    /// The attribute that the column fills.
    public var attribute: Attribute
    /// When it changes a profile that exists.
    public var update: UpdatePolicy
    /// What several values do.
    public var several: SeveralValuesPolicy

    /// Makes a column.
    public init(
        _ attribute: Attribute, update: UpdatePolicy = .always,
        several: SeveralValuesPolicy = .replace
    ) {
        self.attribute = attribute
        self.update = update
        self.several = several
    }
}

/// How rows are merged into a profile table.
public struct MergePlan: Sendable {
    /// The table.
    public var table: ProfileTable
    /// The columns of the rows, in their order.
    public var columns: [MergeColumn]
    /// The lists that further columns of the rows stand for, in their order.
    public var lists: [MailingList]
    /// Whether an opt-in counts for someone who opted out earlier; not by default (promise 6).
    public var mayResubscribe: Bool
    /// How the permissions in the rows were collected.
    public var collection: Collection

    /// Makes a plan.
    public init(
        table: ProfileTable, columns: [MergeColumn], lists: [MailingList] = [],
        mayResubscribe: Bool = false, collection: Collection = Collection()
    ) {
        self.table = table
        self.columns = columns
        self.lists = lists
        self.mayResubscribe = mayResubscribe
        self.collection = collection
    }
}

/// A row that is to be merged.
public struct MergeRow {
    /// Which column identifies the row's profile, by its position in the plan.
    public var identifier: Int
    /// The cells in the plan's order; nil leaves the column as it is.
    public var cells: [Cell?]
    /// What the row says of the plan's lists; nil says nothing.
    public var standings: [Bool?]
    /// The row's line in its file.
    public var line: Int64

    /// Makes a row.
    public init(identifier: Int, cells: [Cell?], standings: [Bool?], line: Int64) {
        self.identifier = identifier
        self.cells = cells
        self.standings = standings
        self.line = line
    }
}

/// What became of a row.
public struct MergeResult: Sendable {
    /// Why the row was not saved; nil when it was.
    public var refusal: MergeRefusal?
    /// The profile that the row was merged into.
    public var profile: ProfileID?
    /// What the row did.
    public var outcome = RowOutcome.unchanged
    /// What was not taken exactly as given, by the column's position; lists follow the columns.
    public var warnings: [(column: Int, warning: ValueWarning)] = []
    /// Positions of the columns that change.
    var changed: [Int] = []
    /// Positions of the lists whose standing changes.
    var changedLists: [Int] = []
    /// What several values become after they were appended.
    var appended: [Int: String] = [:]
}

extension MergeResult {
    /// How many permissions an existing profile gains and loses by a row.
    public func permissionChanges(of row: MergeRow, _ plan: MergePlan) -> (
        optIns: Int, optOuts: Int
    ) {
        guard outcome == .updated else { return (0, 0) }
        let columns = changed.filter { plan.columns[$0].attribute.role?.isPermission == true }
        let gained =
            columns.count { row.cells[$0]?.isTrue ?? false }
            + changedLists.count { row.standings[$0] ?? false }
        return (gained, columns.count + changedLists.count - gained)
    }
}

/// Why a row was not saved.
public struct MergeRefusal: Sendable, Hashable {
    /// The column to blame, by its position in the plan, if one is.
    public var column: Int?
    /// What is wrong, for programs.
    public var code: String
    /// What is wrong, for people.
    public var message: String

    /// A value that does not fit.
    public init(column: Int?, _ problem: ValueProblem) {
        self.column = column
        code = problem.code.rawValue
        message = problem.message
    }

    /// An identifier that several profiles have.
    public init(ambiguous column: Int) {
        self.column = column
        code = "ambiguous"
        message = "several profiles have this identifier"
    }
}
