// SPDX-License-Identifier: Apache-2.0
public import Tasks

/// Runs full exports: the same steps as incremental ones, over a window that begins with the clock.
public struct FullExportJob: TaskJob {
    /// The type of its tasks.
    public static let taskType = TaskType(
        name: "full_export",
        displayName: "Full export",
        queue: "exports"
    )

    private let exports: IncrementalExportJob

    /// Makes the job.
    public init(_ services: ExportServices) {
        exports = IncrementalExportJob(services)
    }

    /// The type of its tasks.
    public var type: TaskType { FullExportJob.taskType }

    /// Runs a task.
    public func run(_ run: TaskRun) async throws -> TaskOutcome { try await exports.run(run) }
}
