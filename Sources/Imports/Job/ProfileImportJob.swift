// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
public import Files
public import Tasks

/// Imports profile files: uploads, automated imports and replays, all by one pipeline.
public struct ProfileImportJob: TaskJob {
    let spool: Spool
    let locations: LocationStore
    let listeners: [any ImportListener]
    let countryCode: @Sendable (WorkspaceID, Connection) throws -> String?

    /// Makes the job.
    ///
    /// - Parameters:
    ///   - spool: Where files are kept between steps.
    ///   - locations: Where automated imports find their files.
    ///   - listeners: Who acts on imports.
    ///   - countryCode: What completes national mobile numbers in a workspace.
    public init(
        spool: Spool,
        locations: LocationStore,
        listeners: [any ImportListener],
        countryCode: @escaping @Sendable (WorkspaceID, Connection) throws -> String?
    ) {
        self.spool = spool
        self.locations = locations
        self.listeners = listeners
        self.countryCode = countryCode
    }

    /// `profile_import`.
    public var type: TaskType { ImportTasks.profileImport }

    /// Runs an import from its checkpoint to its end.
    public func run(_ run: TaskRun) async throws -> TaskOutcome {
        try await run.database.blocking {
            do {
                return try ImportWork(run, self).go()
            } catch let stop as any SimulatedStop {
                throw stop
            } catch {
                try? ImportFailure(run: run).settle()
                throw error
            }
        }
    }
}
