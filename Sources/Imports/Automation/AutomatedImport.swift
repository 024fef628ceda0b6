// SPDX-License-Identifier: Apache-2.0
public import Common
public import Files

/// What happens to a file once it was imported.
public enum FileAftermath: String, Sendable, Codable, CaseIterable {
    /// It stays.
    case leave
    /// It goes to `processed/` beside it.
    case move
    /// It is deleted.
    case delete
}

/// When a file is too far from what an import is used to (spec/imports.md, "Feed watch").
public struct FeedWatch: Sendable, Hashable, Codable {
    /// How far the number of rows may lie from the median, as a share; 0.8 unless set.
    public var rowTolerance: Double
    /// From how many past files on the normal counts; 3 unless set.
    public var filesToLearn: Int
    /// Whether anything is watched at all.
    public var isOn: Bool
    /// The local time by which a file must have come on a day on which the import is due.
    ///
    /// After the time of the run, by the clocks of the import's zone; nil for no alert.
    public var deadline: TimeOfDay?

    /// Makes a watch.
    public init(
        rowTolerance: Double = 0.8,
        filesToLearn: Int = 3,
        isOn: Bool = true,
        deadline: TimeOfDay? = nil
    ) {
        self.rowTolerance = rowTolerance
        self.filesToLearn = filesToLearn
        self.isOn = isOn
        self.deadline = deadline
    }
}

/// An import that runs by itself, as it is defined.
public struct AutomatedImportDefinition: Sendable, Hashable, Codable {
    /// Its name, unique in the workspace.
    public var name: String
    /// The entity that it belongs to.
    public var entity: EntityID?
    /// Where files come from: the name of a location.
    public var location: String
    /// The folder in the location.
    public var folder: String
    /// Which files, and which of several.
    public var selector: FileSelector
    /// How files are imported.
    public var plan: ImportPlan
    /// When it runs; only on request when nil.
    public var recurrence: Recurrence?
    /// What happens to a file afterwards.
    public var aftermath: FileAftermath
    /// How long a file's size must be stable, in seconds; a `.done` companion is enough by itself.
    public var stablePause: Int64
    /// Whether a file whose content was imported before is skipped.
    public var skipsKnownFiles: Bool
    /// How late a missed due time may still be run, in hours.
    public var missedWindowHours: Int64
    /// When a file is held.
    public var watch: FeedWatch

    /// Makes a definition; what is not given has the default of the spec.
    public init(
        name: String,
        location: String = "transferbox",
        folder: String,
        selector: FileSelector,
        plan: ImportPlan = ImportPlan(),
        recurrence: Recurrence? = nil,
        aftermath: FileAftermath = .leave,
        stablePause: Int64 = 30,
        skipsKnownFiles: Bool = true,
        missedWindowHours: Int64 = 12,
        watch: FeedWatch = FeedWatch(),
        entity: EntityID? = nil
    ) {
        self.name = name
        self.entity = entity
        self.location = location
        self.folder = folder
        self.selector = selector
        self.plan = plan
        self.recurrence = recurrence
        self.aftermath = aftermath
        self.stablePause = stablePause
        self.skipsKnownFiles = skipsKnownFiles
        self.missedWindowHours = missedWindowHours
        self.watch = watch
    }

    /// The zone whose clocks count for its trigger.
    public var zone: Zone { recurrence?.zone ?? .utc }
}

/// An automated import as it is stored.
public struct AutomatedImport: Sendable, Hashable {
    /// Its id.
    public var id: ImportID
    /// Its definition.
    public var definition: AutomatedImportDefinition
    /// The schedule that runs it.
    public var scheduleID: ScheduleID?
    /// Whether the schedule is on.
    public var isActive: Bool
}
