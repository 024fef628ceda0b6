// SPDX-License-Identifier: Apache-2.0
public import Tasks

/// Imports files into custom tables, by the pipeline of profile imports: staging, duplicates, merge,
/// ledger, rejects, replay and dry run are the same.
public struct CustomTableImportJob: TaskJob {
    private let pipeline: ProfileImportJob

    /// Makes the job.
    ///
    /// - Parameter pipeline: The job of profile imports, whose services and listeners serve here too;
    ///   listeners see from the run that no profile table was filled.
    public init(_ pipeline: ProfileImportJob) {
        self.pipeline = pipeline
    }

    /// `custom_table_import`.
    public var type: TaskType { ImportTasks.customTableImport }

    /// Runs an import from its checkpoint to its end.
    public func run(_ run: TaskRun) async throws -> TaskOutcome { try await pipeline.run(run) }
}
