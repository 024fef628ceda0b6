// SPDX-License-Identifier: Apache-2.0
public import Common

/// What an export exports, in which shape, where to and when (spec/exports.md, "Wizard and resource").
public struct ExportDefinition: Sendable, Hashable, Codable {
    /// The name, unique in the workspace ignoring case.
    public var name: String
    /// A date pattern that is appended to the name of each execution; none by default.
    public var nameSuffix = ""
    /// The profile table; nil for rows of a custom table.
    public var table: ProfileTableID?
    /// The custom table, for types that are about its rows.
    public var customTable: CustomTableID?
    /// The entity that it belongs to, if any.
    public var entity: EntityID?
    /// What the files hold.
    public var pair: ExportPair
    /// The saved search that a full export of profiles is limited to; all of them when nil.
    public var search: SearchID?
    /// Which sources of a change count; all by default.
    public var sourceFilter = SourceFilter.off
    /// The columns in order; all that the type has when nil, fixed when the export is made.
    public var columns: [ExportColumn]?
    /// How a profile's subscriptions are shown; a boolean column for each list by default.
    public var subscriptions = SubscriptionForm.booleans
    /// How values are written.
    public var formats = ValueFormats()
    /// Where files go and how they are named.
    public var transfer: Transfer
    /// What an empty window gives; a file with the header alone by default.
    public var emptyWindow = EmptyWindow.headerOnly
    /// Where the first incremental file begins; 24 hours before it by default.
    public var firstRun = FirstRun.dayBefore
    /// When it is due, and the zone of its dates: daily at a time, or every so many hours.
    public var recurrence: Recurrence
    /// When a full export runs that runs once; nil for one that runs again and again.
    ///
    /// Of the recurrence only the zone counts then.
    public var once: OneShot?
    /// The addresses that get a report of every execution; none by default.
    public var reportRecipients: [String] = []

    /// Makes a definition with the defaults; the rest is set by its properties.
    public init(
        name: String,
        pair: ExportPair,
        table: ProfileTableID?,
        transfer: Transfer,
        recurrence: Recurrence
    ) {
        self.name = name
        self.pair = pair
        self.table = table
        self.transfer = transfer
        self.recurrence = recurrence
    }

    /// The zone of execution dates.
    public var zone: Zone { recurrence.zone }

    /// When it runs, in words.
    public var frequency: String { once?.words ?? recurrence.summary }

    /// The first due time after a moment, unless it runs once and that moment is over or not fixed.
    public func nextRun(after moment: Instant) -> Instant? {
        guard let once else { return recurrence.next(after: moment) }
        return once.moment.flatMap { $0 > moment ? $0 : nil }
    }
}

/// When an export runs that runs once.
public enum OneShot: Sendable, Hashable, Codable {
    /// As soon as it is activated.
    case now
    /// At a moment, or when it is activated after it.
    case at(Instant)

    /// The moment, if one is fixed.
    public var moment: Instant? {
        switch self {
        case .now: nil
        case .at(let moment): moment
        }
    }

    /// What people read.
    var words: String { moment.map { "once, at \($0)" } ?? "once, when it is activated" }
}

/// A column that was chosen, by its key, with the header that it gets.
public struct ExportColumn: Sendable, Hashable, Codable {
    /// The column's key: see ``AvailableColumn/key``.
    public var key: String
    /// The header; the technical name when nil.
    public var header: String?

    /// Chooses a column.
    public init(_ key: String, header: String? = nil) {
        self.key = key
        self.header = header
    }
}

/// How a profile's subscriptions are shown.
public enum SubscriptionForm: String, CaseIterable, Sendable, Codable {
    /// A boolean column for each list; a profile that never was on a list counts as not subscribed.
    case booleans
    /// One column `subscriptions` with the names of the lists.
    case oneColumn
}

/// What an empty window gives.
public enum EmptyWindow: String, CaseIterable, Sendable, Codable {
    /// A file with the header alone.
    case headerOnly
    /// No file; the next window then begins where this one would have.
    case noFile
}

/// Where the first file of an export begins.
public enum FirstRun: Sendable, Hashable, Codable {
    /// 24 hours before the first run.
    case dayBefore
    /// At a moment.
    case from(Instant)
    /// With everything there is.
    case everything
}

/// The state of an export.
public enum ExportState: String, CaseIterable, Sendable, Codable {
    /// Being set up.
    case draft
    /// Runs when it is due.
    case active
    /// Does not run until it is activated again; nothing is lost.
    case paused
    /// Was to run once, and has.
    case completed
}
