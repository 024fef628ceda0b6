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
        _ attribute: Attribute,
        update: UpdatePolicy = .always,
        several: SeveralValuesPolicy = .replace
    ) {
        self.attribute = attribute
        self.update = update
        self.several = several
    }
}

/// How rows are merged into a profile table or a custom table.
public struct MergePlan: Sendable {
    /// The table.
    public var table: MergeTable
    /// The columns of the rows, in their order.
    public var columns: [MergeColumn]
    /// The lists that further columns of the rows stand for, in their order.
    public var lists: [MailingList]
    /// Whether an opt-in counts for someone who opted out earlier; not by default (promise 6).
    public var mayResubscribe: Bool
    /// Whether a row that names no profile makes one; otherwise it is refused.
    public var mayCreate: Bool
    /// How the permissions in the rows were collected.
    public var collection: Collection

    /// Makes a plan for profiles.
    public init(
        table: ProfileTable,
        columns: [MergeColumn],
        lists: [MailingList] = [],
        mayResubscribe: Bool = false,
        mayCreate: Bool = true,
        collection: Collection = Collection()
    ) {
        self.init(
            rows: table.rows,
            columns: columns,
            lists: lists,
            mayResubscribe: mayResubscribe,
            mayCreate: mayCreate,
            collection: collection
        )
    }

    /// Makes a plan.
    public init(
        rows table: MergeTable,
        columns: [MergeColumn],
        lists: [MailingList] = [],
        mayResubscribe: Bool = false,
        mayCreate: Bool = true,
        collection: Collection = Collection()
    ) {
        self.table = table
        self.columns = columns
        self.lists = lists
        self.mayResubscribe = mayResubscribe
        self.mayCreate = mayCreate
        self.collection = collection
    }
}

/// What says which profile a row concerns.
public enum MergeIdentity: Sendable, Hashable {
    /// The value of a column, by its position in the plan.
    case column(Int)
    /// The profile itself.
    case profile(ProfileID)
    /// None that exists: the row makes a profile.
    case new
}

/// A row that is to be merged.
public struct MergeRow {
    /// What says which profile the row concerns.
    public var identity: MergeIdentity
    /// The cells in the plan's order; nil leaves the column as it is.
    public var cells: [Cell?]
    /// What the row says of the plan's lists; nil says nothing.
    public var standings: [Bool?]
    /// The row's line in its file.
    public var line: Int64
    /// Columns whose unique value an earlier row of the same file has; the row may not write them.
    public var lostColumns: [Int] = []
    /// How the row's permissions were collected; nil for the plan's way.
    public var collection: Collection?

    /// Makes a row that is identified by one of its columns.
    public init(identifier: Int, cells: [Cell?], standings: [Bool?], line: Int64) {
        self.init(.column(identifier), cells: cells, standings: standings, line: line)
    }

    /// Makes a row.
    public init(
        _ identity: MergeIdentity,
        cells: [Cell?],
        standings: [Bool?] = [],
        line: Int64 = 0
    ) {
        self.identity = identity
        self.cells = cells
        self.standings = standings
        self.line = line
    }

    /// The column that identifies the row's profile, by its position in the plan.
    public var identifier: Int? {
        guard case .column(let position) = identity else { return nil }
        return position
    }

    /// Why the row cannot be saved, found before anything was looked up.
    var refusal: MergeRefusal?

    var namedProfile: ProfileID? {
        guard case .profile(let profile) = identity else { return nil }
        return profile
    }
}

/// What became of a row.
public struct MergeResult: Sendable {
    /// Why the row was not saved; nil when it was.
    public var refusal: MergeRefusal?
    /// The profile that the row was merged into; of a custom table, the number of its row.
    public var profile: ProfileID?
    /// Who has the unique value for which the row was refused.
    public var holder: ProfileID?
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
    /// The profile's latest change as this was decided.
    var witness: Int64?
}

extension MergeResult {
    /// How many permissions an existing profile gains and loses by a row.
    public func permissionChanges(
        of row: MergeRow,
        _ plan: MergePlan
    ) -> (
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

    /// A profile that does not exist, where none may be made.
    public init(unknown column: Int?) {
        self.column = column
        code = "unknownProfile"
        message = "there is no such profile"
    }

    /// A row of a custom table that does not exist, where none may be made.
    init(unknownRow column: Int?) {
        self.column = column
        code = "unknownRow"
        message = "there is no such row"
    }
}
