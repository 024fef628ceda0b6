// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
public import Files
public import Tasks

/// What an import task is asked to do.
public struct ImportParameters: Sendable, Codable {
    /// Where its file comes from.
    public enum Origin: Sendable, Codable {
        /// A file that was handed over.
        case upload(SpoolFile, name: String)
        /// The automated import's location; one named file, or whichever the definition picks.
        case automated(ImportID, file: String?)
        /// A corrected rejects file of an import task.
        case replay(of: TaskID, SpoolFile, name: String)
    }

    /// Where its file comes from.
    public var origin: Origin
    /// How it is imported; that of the automated import when nil.
    public var plan: ImportPlan?
    /// Whether nothing is written.
    public var isDryRun: Bool

    /// Makes parameters.
    public init(origin: Origin, plan: ImportPlan? = nil, isDryRun: Bool = false) {
        self.origin = origin
        self.plan = plan
        self.isDryRun = isDryRun
    }
}

/// The import task types.
public enum ImportTasks {
    /// A profile file import, whatever started it.
    public static let profileImport = TaskType(
        name: "profile_import",
        displayName: "Profile import",
        queue: "imports",
        retry: RetryPolicy(attempts: 4, firstPause: .minutes(1), longestPause: .minutes(30)),
        closesWhenStopped: true
    )

    /// A file import into a custom table, whatever started it.
    public static let customTableImport = TaskType(
        name: "custom_table_import",
        displayName: "Custom table import",
        queue: "imports",
        retry: profileImport.retry,
        closesWhenStopped: true
    )

    /// The names of both.
    public static let names = [profileImport.name, customTableImport.name]

    /// Whether a task is a file import.
    public static func areOf(_ type: String) -> Bool { names.contains(type) }
}

/// Enqueues imports.
public struct ImportStarter: Sendable {
    let workspace: WorkspaceID

    /// The runs of file imports as they can be listed.
    public static let runs = Listing(
        from: TaskStore.listing.from,
        scope: TaskStore.listing.scope,
        key: TaskStore.listing.key,
        columns: TaskStore.listing.columns,
        condition: "t.type IN ('profile_import', 'custom_table_import')"
    )

    /// Imports of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Enqueues the import of a file that lies in the spool.
    public func upload(
        _ file: SpoolFile,
        name: String,
        plan: ImportPlan,
        isDryRun: Bool = false,
        by context: Context,
        in transaction: Transaction
    ) throws -> TaskID {
        let parameters = ImportParameters(
            origin: .upload(file, name: name),
            plan: plan,
            isDryRun: isDryRun
        )
        let info = isDryRun ? "\(name) (dry run)" : name
        return try enqueue(
            try NewTask(plan.taskType, info: info, parameters: parameters),
            context,
            transaction
        )
    }

    /// Enqueues a replay of a corrected rejects file into the task that it came from.
    ///
    /// - Throws: ``ImportError/cannotReplay(_:reason:)``.
    public func replay(
        _ file: SpoolFile,
        name: String,
        into task: TaskRecord,
        by context: Context,
        in transaction: Transaction
    ) throws -> TaskID {
        let original = try replayable(task)
        let parameters = ImportParameters(
            origin: .replay(of: task.id, file, name: name),
            plan: try original.plan ?? task.importCheckpoint()?.definition?.plan
        )
        var subjects = task.subjects
        subjects.parentID = task.id
        let new = try NewTask(
            parameters.plan?.taskType ?? ImportTasks.profileImport,
            info: "\(task.info), replay of rejects",
            parameters: parameters,
            subjects: subjects,
            lane: "replay:\(task.id)"
        )
        return try enqueue(new, context, transaction)
    }

    private func replayable(_ task: TaskRecord) throws -> ImportParameters {
        func refuse(_ reason: String) -> ImportError { .cannotReplay(task.id, reason: reason) }
        guard ImportTasks.areOf(task.type) else { throw refuse("it is no import") }
        let result: ImportResult? = try task.result()
        guard task.status.isEnded, let result else { throw refuse("it has no ledger yet") }
        guard !result.isDryRun else { throw refuse("it was a dry run") }
        let parameters: ImportParameters = try task.parameters()
        if case .replay(let other, _, _) = parameters.origin {
            throw refuse("it is itself a replay, into task \(other)")
        }
        return parameters
    }

    private func enqueue(
        _ task: NewTask,
        _ context: Context,
        _ transaction: Transaction
    ) throws -> TaskID {
        guard
            let id = try TaskStore(workspace).enqueue(task, by: context, in: transaction)
        else { throw ImportError.staging(reason: "the task could not be enqueued") }
        return id
    }
}
