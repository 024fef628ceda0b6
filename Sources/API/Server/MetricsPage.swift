// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database

/// `/metrics`: the node's requests and the workspace's tasks, for a token with the scope `metrics`.
struct MetricsPage {
    let metrics: Metrics

    /// The answer, when the path is this one.
    func answer(
        _ path: [String],
        _ method: Method?,
        _ call: @Sendable () async throws -> Call
    ) async throws
        -> Answer?
    {
        guard path.map({ $0.lowercased() }) == ["metrics"] else { return nil }
        guard method == .get || method == .head else {
            throw Problem.methodNotAllowed([.get, .head])
        }
        let call = try await call()
        try call.require(.read, .metrics)
        let tasks = try await call.services.database.read { connection in
            try MetricsPage.tasks(call.workspace, connection)
        }
        return Answer(
            status: 200,
            mediaType: "text/plain; version=0.0.4; charset=utf-8",
            body: .bytes(Array(metrics.text(tasks).utf8))
        )
    }

    private static func tasks(
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws -> [String] {
        let rows = try connection.rows(
            """
            SELECT queue, status, count(*) AS total FROM task
            WHERE workspace_id = $1 AND status IN ('new', 'executing')
            GROUP BY queue, status ORDER BY queue, status
            """,
            [workspace]
        )
        let lines = try rows.map { row in
            let queue: String = try row.get("queue")
            let status: String = try row.get("status")
            let total: Int64 = try row.get("total")
            return "millrace_tasks{workspace=\"\(workspace)\",queue=\"\(queue)\","
                + "status=\"\(status)\"} \(total)"
        }
        return ["# TYPE millrace_tasks gauge"] + lines
    }
}
