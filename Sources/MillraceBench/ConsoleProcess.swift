// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Console
import Database
import Foundation
import Logging
import Millrace
import Tasks

/// `console DATABASE FOLDER TASKS`: the time in which the console makes each of its list pages, over a
/// workspace with an import and so many copies of its task.
///
/// Prints a line a page: its path, the median and the longest time in milliseconds. A page is asked for
/// twenty times; before each time somebody writes, so that nothing is answered from memory.
struct ConsoleProcess {
    private let address: String
    private let folder: String
    private let tasks: Int

    private static let pages = [
        "", "tasks", "tasks?status=completed", "tasks?text=nothing", "tasks?sort=info",
        "profiles", "profiles?q=nobody@example.com", "imports",
        "campaigns", "messages", "sends", "exports", "lists", "searches", "tables", "outbox",
        "segmentations", "split-tests", "settings/relays",
        "settings/audit",
    ]
    private static let times = 20

    init(_ arguments: [String]) {
        address = arguments[1]
        folder = arguments[2]
        tasks = Int(arguments[3]) ?? 1_000_000
    }

    func run() async throws {
        let installation = try Installation(
            Configuration(database: DatabaseAddress(address), dataFolder: folder)
        )
        let workspace = try await BenchWorkspace.open(installation)
        try await fill(installation, workspace)
        try await installation.database.write { try $0.execute("ANALYZE") }
        let cookie = try await signIn(installation, workspace)
        let site = ConsoleSite(
            installation.consoleServices,
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        )
        for page in ConsoleProcess.pages {
            var times: [Double] = []
            for _ in 0..<ConsoleProcess.times {
                try await installation.database.write { transaction in
                    _ = try transaction.stamp()
                }
                times.append(try await time(page, site, cookie))
            }
            times.sort()
            print(
                "/\(page) "
                    + String(format: "%.1f %.1f", times[times.count / 2], times[times.count - 1])
            )
        }
    }

    private func time(_ page: String, _ site: ConsoleSite, _ cookie: String) async throws -> Double
    {
        let parts = page.split(separator: "?").map(String.init)
        let path = (parts.first ?? "").split(separator: "/").map(String.init)
        let request = SiteRequest(
            method: "GET",
            path: ["console"] + path,
            query: parts.count > 1 ? parts[1] : "",
            headers: ["cookie": cookie],
            address: "127.0.0.1"
        )
        let start = Date()
        let answer = await site.answer(request)
        guard answer.status == 200 else {
            throw BenchError.importFailed("/\(page) answered \(answer.status)")
        }
        return Date().timeIntervalSince(start) * 1_000
    }

    /// Copies of the last task, a minute apart.
    private func fill(_ installation: Installation, _ workspace: WorkspaceID) async throws {
        for chunk in 0..<(tasks + 9_999) / 10_000 {
            let count = min(10_000, tasks - chunk * 10_000)
            try await installation.database.write(.bulk) { transaction in
                let columns = try transaction.columnNames(of: "task")
                let row = try transaction.row(
                    """
                    SELECT \(columns.joined(separator: ", ")) FROM task
                    WHERE workspace_id = $1 AND status = 'completed' ORDER BY id DESC LIMIT 1
                    """,
                    [workspace]
                )
                guard let row else { throw BenchError.importFailed("there is no task") }
                let values = try columns.map { try row.get($0, as: SQLValue.self) }
                let last = tasks - chunk * 10_000
                let first = try transaction.allocate(count, IDKind(rawValue: "task"), in: workspace)
                let writer = try transaction.insertion(into: "task", columns: columns)
                for offset in 0..<count {
                    let age = Span.minutes(Int64(last - offset))
                    for (column, value) in zip(columns, values) {
                        if column == "id" {
                            writer.integer(first + Int64(offset))
                        } else if column.hasSuffix("_at") {
                            writer.value(ConsoleProcess.older(value, by: age))
                        } else {
                            writer.value(value)
                        }
                    }
                    try writer.endRow()
                }
                try writer.finish()
            }
        }
    }

    /// A moment, as either engine stores it, some time before.
    private static func older(_ value: SQLValue, by age: Span) -> SQLValue {
        switch value {
        case .moment(let moment): .moment(moment - age)
        case .integer(let microseconds): .integer(microseconds - age.microseconds)
        default: value
        }
    }

    private func signIn(
        _ installation: Installation,
        _ workspace: WorkspaceID
    ) async throws -> String {
        let text = try await installation.database.write { transaction in
            let context = Context(
                workspace: workspace,
                actor: "bench",
                source: .manualEdit,
                moment: transaction.moment
            )
            let user = try UserStore(workspace).create(
                name: "bench",
                email: "bench@example.org",
                role: .administrator,
                by: context,
                in: transaction
            )
            return try SessionStore(workspace).start(for: user.id, by: context, in: transaction)
                .reveal()
        }
        return "__Host-millrace=\(text)"
    }
}
