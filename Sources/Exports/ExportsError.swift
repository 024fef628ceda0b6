// SPDX-License-Identifier: Apache-2.0
public import Common

/// What can go wrong with exports; never carries a value of a profile.
public enum ExportsError: Error, Hashable, CustomStringConvertible, RetryAdvising {
    /// The program cannot make files of this type yet.
    case notAvailableYet(ExportPair)
    /// There is no such export in the workspace.
    case noSuchExport(ExportID)
    /// The name of an export is taken in the workspace.
    case nameTaken(String)
    /// A setting of a definition cannot be used.
    case badSetting(String, reason: String)
    /// The type has no such column for this table.
    case unknownColumn(String, ExportPair)
    /// The type's files cannot carry profile attributes.
    case profileColumnRefused(String, ExportPair)
    /// Two columns would have one header; names both columns.
    case equalHeaders(String, first: String, second: String)
    /// The table has no attribute with the consent role.
    case noConsentRole(table: String)
    /// The type's rows have no source to filter by.
    case noSourceFilter(ExportPair)
    /// The type cannot be limited to a search.
    case noSearch(ExportPair)
    /// The search that an export is limited to is over another table.
    case searchOfOtherTable(String, table: String)
    /// The type runs again and again, never once.
    case notOnce(ExportPair)
    /// The type's files are whole, so that the first one begins nowhere.
    case noFirstRun(ExportPair)
    /// The export was to run once, and has.
    case hasCompleted(ExportID)
    /// Something that is fixed once the export has run.
    case fixedOnceRun(String)
    /// The export is not active.
    case notActive(ExportID)
    /// There is no such run of the export.
    case noSuchRun(ExportID, seq: Int64)
    /// The file of a run is no longer kept.
    case fileGone(ExportID, seq: Int64)
    /// A name at the location is that of another run's file.
    case nameHeld(String)
    /// A scratch file did not hold what was written to it.
    case scratchDamaged(String)
    /// The change clock went back behind the last cut-off.
    case clockWentBack(ExportID)

    /// A sentence that is safe to print.
    public var description: String {
        switch self {
        case .notAvailableYet(let pair):
            "exports of \(pair.rawValue) (\(pair.title)) are not available yet"
        case .noSuchExport(let id): "there is no export \(id)"
        case .nameTaken(let name): "there is already an export named \(name)"
        case .badSetting(let setting, let reason): "\(setting): \(reason)"
        case .unknownColumn(let column, let pair):
            "\(pair.rawValue) has no column \(column) for this table"
        case .profileColumnRefused(let column, let pair):
            "\(column) cannot be added: files of \(pair.rawValue) carry no profile attributes"
        case .equalHeaders(let header, let first, let second):
            "the columns \(first) and \(second) would both be headed \(header); rename one of them"
        case .noConsentRole(let table):
            "\(table) has no attribute with the role marketingConsent, so there is nothing to export"
        case .noSourceFilter(let pair): "\(pair.rawValue) cannot be filtered by source"
        case .noSearch(let pair):
            "\(pair.rawValue) cannot be limited to a search; only full exports of profiles can"
        case .searchOfOtherTable(let search, let table):
            "the search \(search) is over another table than \(table)"
        case .notOnce(let pair):
            "\(pair.rawValue) runs again and again; only full exports can run once"
        case .noFirstRun(let pair):
            "each file of \(pair.rawValue) is whole, so the first one begins at no moment"
        case .hasCompleted(let id):
            "export \(id) has run, as it was to: once; give it another moment to run it again"
        case .fixedOnceRun(let what): "\(what) cannot change once the export has run"
        case .notActive(let id): "export \(id) is not active"
        case .noSuchRun(let id, let seq): "export \(id) has no run \(seq)"
        case .fileGone(let id, let seq): "the file of run \(seq) of export \(id) is no longer kept"
        case .nameHeld(let name):
            "\(name) is the name of another export's file at that location, which is kept"
        case .clockWentBack(let id):
            "the change clock lies before the last cut-off of export \(id); nothing was exported"
        case .scratchDamaged(let name): "the temporary file \(name) was changed while in use"
        }
    }

    /// Only a damaged scratch file mends itself: it is made again.
    public var retryAdvice: RetryAdvice {
        if case .scratchDamaged = self { return .later }
        return .never
    }
}

extension ExportPair {
    /// Export type and event type, as people see them.
    public var title: String { "\(facts.exportType.rawValue): \(facts.eventType)" }
}
