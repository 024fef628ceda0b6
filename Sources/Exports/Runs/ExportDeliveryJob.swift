// SPDX-License-Identifier: Apache-2.0
import Common
import Database
public import Tasks

/// Brings a delivered file and its manifest to the location once more, byte for byte, while the file
/// is kept (spec/exports.md, "Files").
public struct ExportDeliveryJob: TaskJob {
    /// The type of its tasks.
    public static let taskType = TaskType(
        name: "export_delivery",
        displayName: "Export delivery",
        queue: "exports"
    )

    private let services: ExportServices

    /// Makes the job.
    public init(_ services: ExportServices) {
        self.services = services
    }

    /// The type of its tasks.
    public var type: TaskType { ExportDeliveryJob.taskType }

    /// What a task is to do.
    struct Parameters: Codable {
        /// The number of the file in its chain.
        var seq: Int64
    }

    /// A task for a file of an export; it waits until no execution of the export runs.
    static func task(for export: ExportRecord, seq: Int64) throws -> NewTask {
        try NewTask(
            taskType,
            info: export.definition.name,
            parameters: Parameters(seq: seq),
            subjects: TaskSubjects(exportID: export.id),
            lane: IncrementalExportJob.lane(of: export.id)
        )
    }

    /// Runs a task.
    public func run(_ run: TaskRun) async throws -> TaskOutcome {
        let parameters: Parameters = try run.task.parameters()
        guard let id = run.task.subjects.exportID else {
            return .ended(try TaskEnding(.fatal, "The task names no export."))
        }
        let store = ExportStore(run.task.workspace, locations: services.locations)
        let (export, standing, delivered) = try await run.database.read { connection in
            (
                try store.export(id, in: connection),
                try ChangeClock.standing(in: connection),
                try store.run(parameters.seq, of: id, in: connection)
            )
        }
        let delivery = Delivery(
            run: run,
            export: export,
            services: services,
            installation: standing.installation
        )
        try await run.database.blocking { try delivery.deliverAgain(delivered) }
        let ledger = delivered.sealed.map { ExportLedger(delivered, $0) }
        return .ended(
            try TaskEnding(.completed, "Delivered again: \(delivered.fileName).", result: ledger)
        )
    }
}
