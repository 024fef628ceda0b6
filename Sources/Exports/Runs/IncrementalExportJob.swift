// SPDX-License-Identifier: Apache-2.0
import Common
import Database
public import Tasks

/// Runs incremental exports (design/protocols.md, "Export").
///
/// A task that finds a file that another one sealed but could not deliver brings that one first,
/// then makes its own.
public struct IncrementalExportJob: TaskJob {
    /// The type of its tasks.
    public static let taskType = TaskType(
        name: "incremental_export",
        displayName: "Incremental export",
        queue: "exports"
    )

    private let services: ExportServices

    /// Makes the job.
    public init(_ services: ExportServices) {
        self.services = services
    }

    /// The type of its tasks.
    public var type: TaskType { IncrementalExportJob.taskType }

    /// What a task is to do: the next file of its export.
    struct Parameters: Codable {}

    /// A task for the next file of an export, of the type that its kind has.
    static func task(for export: ExportRecord) throws -> NewTask {
        try NewTask(
            export.definition.pair.isFull ? FullExportJob.taskType : taskType,
            info: export.definition.name,
            parameters: Parameters(),
            subjects: TaskSubjects(exportID: export.id),
            lane: lane(of: export.id)
        )
    }

    /// What keeps an export's tasks from running beside each other.
    static func lane(of export: ExportID) -> String { "export:\(export)" }

    /// Runs a task.
    public func run(_ run: TaskRun) async throws -> TaskOutcome {
        guard let id = run.task.subjects.exportID else {
            return .ended(try TaskEnding(.fatal, "The task names no export."))
        }
        let store = ExportStore(run.task.workspace, locations: services.locations)
        let export = try await run.database.read { try store.export(id, in: $0) }
        let execution = ExportExecution(run: run, services: services, store: store)
        do {
            return try await execution.perform(export)
        } catch {
            await reportFailure(error, of: export, run)
            throw error
        }
    }

    /// Tells the recipients of a failure that no attempt will follow.
    private func reportFailure(_ error: any Error, of export: ExportRecord, _ run: TaskRun) async {
        if error is any SimulatedStop { return }
        if case TaskError.leaseLost = error { return }
        let isFinal =
            (error as? any RetryAdvising)?.retryAdvice == .never
            || run.task.attempts >= type.retry.attempts
        guard isFinal else { return }
        await ReportSender(run, services).send(ExportReport(export, failure: error), export)
    }
}

/// Mails reports; a report that cannot be sent is noted and stops nothing.
struct ReportSender {
    private let run: TaskRun
    private let services: ExportServices

    init(_ run: TaskRun, _ services: ExportServices) {
        self.run = run
        self.services = services
    }

    func send(_ report: ExportReport, _ export: ExportRecord) async {
        let recipients = export.definition.reportRecipients
        guard !recipients.isEmpty, let mailer = services.mailer else { return }
        do {
            try await run.database.blocking { [database = run.database] in try database.witness() }
            try await mailer.send(subject: report.subject, text: report.text, to: recipients)
        } catch {
            try? await run.step("The report could not be sent: \(error)")
        }
    }
}
