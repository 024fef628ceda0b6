// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Logging
import Millrace
import Synchronization
import TestSupport
import Testing

@testable import Console

/// What is read for a part of a page that keeps itself up to date.
struct LivePartTests {
    /// What was prepared since the last question.
    private final class Recorder: Sendable {
        private let statements = Mutex<[String]>([])

        func add(_ statement: String) { statements.withLock { $0.append(statement) } }

        func take() -> [String] {
            statements.withLock { all in
                defer { all = [] }
                return all
            }
        }
    }

    /// The statements that a second node prepares for the first look of a live part, after it has
    /// looked who asks.
    private func statements(
        of path: String,
        _ ground: ConsoleGround,
        by cookie: String
    ) async throws -> [String] {
        let recorder = Recorder()
        let configuration = Configuration(
            database: ground.place.address,
            dataFolder: ground.folder.path + "/data"
        )
        let node = try Installation(configuration) { recorder.add($0) }
        let site = ConsoleSite(
            node.consoleServices,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let answer = await site.answer(
            SiteRequest(
                method: "GET",
                path: path.split(separator: "/").map(String.init),
                headers: ["cookie": "\(Cookies.session)=\(cookie)"]
            )
        )
        guard case .live(let next) = answer.body else {
            Issue.record("\(path) is not live: \(answer.status)")
            return []
        }
        _ = recorder.take()
        _ = try await next()
        return recorder.take()
    }

    @Test(arguments: TestEngine.lasting)
    func `a live part looks at what it shows and at nothing else`(
        engine: TestEngine
    ) async throws {
        let ground = try await ConsoleGround(engine)
        let manager = try await ground.cookie(.manager)
        _ = try await ground.post(
            "/console/searches/new",
            ["name": "all", "table": "1", "json": #"{"all":[]}"#],
            by: manager
        )
        let task = try await ground.post("/console/searches/1/count", by: manager).location
        let home = try await statements(of: "/console/home/live", ground, by: manager)
        #expect(home.count { $0.contains("FROM task") } == 1)
        #expect(!home.contains { $0.contains("schedule") })
        let shown = try await statements(of: "\(task)/live", ground, by: manager)
        #expect(shown.contains { $0.contains("FROM task") })
        for table in ["interaction", "task_step", "campaign_count", "import_trigger", "send"] {
            #expect(!shown.contains { $0.contains("FROM \(table)") }, "\(table)")
        }
    }

    @Test func `a part that stands still is looked at less often, until it changes`() {
        var pace = LivePace()
        #expect(pace.pause == .seconds(1))
        for _ in 0..<5 { pace.look(isChanged: false) }
        #expect(pace.pause == .seconds(3))
        pace.look(isChanged: true)
        #expect(pace.pause == .seconds(1))
    }

    @Test func `a stream ends after ten minutes, however often it was looked at`() {
        for isChanged in [true, false] {
            var pace = LivePace()
            var looks = 0
            while !pace.isOver {
                pace.look(isChanged: isChanged)
                looks += 1
            }
            #expect(isChanged ? looks == 600 : (200...215).contains(looks))
        }
    }
}
