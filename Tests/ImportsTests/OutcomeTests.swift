// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Imports
import Tasks
import TestSupport
import Testing

@Suite struct OutcomeTests {
    @Test(arguments: TestEngine.allCases)
    func `a clean file is imported and its task is Completed`(engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let ended = try await harness.run("userId,firstName\na,Ann\nb,Bob\n")
        #expect(ended.task.status == .completed, "\(ended.task.failure ?? "")")
        #expect(ended.lines == ["Total: 2", "Imported: 2", "Warnings: 0", "Total failed: 0"])
        #expect(try harness.values(of: "firstName") == ["a": "Ann", "b": "Bob"])
        #expect(harness.listener.heard == ["started 1/0", "ended 1/0"])
    }
}
