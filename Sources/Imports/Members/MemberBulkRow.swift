// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Tasks

extension MemberBulk {
    /// The columns of a bulk `b` with its task `t`.
    static let columns = """
        b.id, b.task_id, b.table_id, b.import_id, b.request_number, b.operation,
        b.identifier_type, b.several_values, b.is_dry_run, b.status, b.retries, b.member_count,
        b.created_count, b.updated_count, b.unchanged_count, b.error_count, b.warning_count,
        b.failure, b.created_at, b.finished_at, b.erased_at, t.status AS task_status,
        t.outcome AS task_outcome
        """

    /// Reads a bulk without contents.
    init(_ row: Row) throws {
        let stored: BulkStatus = try row.get("status")
        let retries: Int = try row.get("retries")
        let taskStatus: TaskStatus? = try row.get("task_status")
        let isDryRun: Bool = try row.get("is_dry_run")
        id = try row.get("id")
        task = try row.get("task_id")
        importID = try row.get("import_id")
        requestNumber = try row.get("request_number")
        table = try row.get("table_id")
        operation = try row.get("operation")
        identifierType = try row.get("identifier_type")
        severalValues =
            SeveralValuesPolicy(rawValue: try row.get("several_values")) ?? .replace
        self.isDryRun = isDryRun
        status = BulkStatus.shown(stored, retries: retries, task: taskStatus)
        self.retries = retries
        breakdown = BulkBreakdown(total: try row.get("member_count"), isDryRun: isDryRun)
        createdAt = try row.get("created_at")
        finishedAt = try row.get("finished_at")
        erasedAt = try row.get("erased_at")
        breakdown.created = try row.get("created_count")
        breakdown.updated = try row.get("updated_count")
        breakdown.unchanged = try row.get("unchanged_count")
        breakdown.validationErrors = try row.get("error_count")
        breakdown.warnings = try row.get("warning_count")
        let failure: String? = try row.get("failure")
        explanation = explain(failure, outcome: try row.get("task_outcome"))
    }

    /// A bulk that was made now.
    init(
        _ id: MemberBulkID,
        _ task: TaskID,
        _ table: ProfileTableID,
        _ importID: String,
        _ request: MemberBulkRequest,
        at moment: Instant
    ) {
        self.id = id
        self.task = task
        self.importID = importID
        self.table = table
        requestNumber = request.requestNumber
        operation = request.operation
        identifierType = request.identifierType
        severalValues = request.severalValues
        isDryRun = request.isDryRun
        status = .waiting
        retries = 0
        breakdown = BulkBreakdown(total: request.memberCount, isDryRun: request.isDryRun)
        createdAt = moment
    }

    /// Why a bulk failed or waits, and what an operator can do.
    private func explain(_ failure: String?, outcome: String?) -> String? {
        switch status {
        case .waiting, .working, .finished: return nil
        case .waitingForRetry: return failure
        case .failed:
            let reason = failure ?? outcome ?? "It did not run."
            guard erasedAt == nil, retries > 0 else { return reason }
            return reason + (reason.hasSuffix(".") ? "" : ".")
                + " An operator runs it again with `millrace tasks retry \(task)`, "
                + "within 24 hours of the request."
        }
    }
}
