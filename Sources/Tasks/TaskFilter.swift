// SPDX-License-Identifier: Apache-2.0
public import Common

/// A filter over Task History.
public struct TaskFilter: Sendable {
    /// Only these types; all when empty.
    public var types: Set<String> = []
    /// Only these statuses; all when empty.
    public var statuses: Set<TaskStatus> = []
    /// Only runs of this import.
    public var importID: ImportID?
    /// Only runs of this export.
    public var exportID: ExportID?
    /// Only tasks of this campaign.
    public var campaignID: CampaignID?
    /// Only what follows from this task.
    public var parentID: TaskID?
    /// Only tasks that this person, schedule or program started.
    public var startedBy: String?
    /// Only tasks whose date is this moment or later; a task's date is its start, or its creation
    /// while it has not started.
    public var from: Instant?
    /// Only tasks whose date is before this moment.
    public var until: Instant?
    /// Only tasks whose info contains this text, ignoring case.
    public var text: String?

    /// Makes a filter that lets everything through.
    public init() {}

    func accepts(_ task: TaskRecord) -> Bool {
        (types.isEmpty || types.contains(task.type))
            && (statuses.isEmpty || statuses.contains(task.status))
            && (importID == nil || importID == task.subjects.importID)
            && (exportID == nil || exportID == task.subjects.exportID)
            && (campaignID == nil || campaignID == task.subjects.campaignID)
            && (startedBy == nil || startedBy == task.startedBy)
            && (from.map { task.date >= $0 } ?? true)
            && (until.map { task.date < $0 } ?? true)
            && (parentID == nil || parentID == task.subjects.parentID)
            && (text.map { task.info.lowercased().contains($0.lowercased()) } ?? true)
    }
}
