// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Imports
import Tasks
import TestSupport
import Testing

@Suite struct PermissionTests {
    @Test(arguments: TestEngine.allCases)
    func `an opt-in of someone who opted out is left out and listed`(
        engine: TestEngine
    ) async throws {
        let harness = try ImportHarness(engine)
        let out = "userId,emailEnabled,marketingConsent,newsletter\na,0,0,1\nb,1,1,1\n"
        _ = try await harness.run(out)
        _ = try await harness.run("userId,newsletter\na,0\n")
        let ended = try await harness.run(
            "userId,emailEnabled,marketingConsent,newsletter,firstName\na,1,1,1,Ann\nb,1,1,1,Bob\n"
        )
        #expect(ended.task.status == .completed)
        #expect(ended.lines.prefix(3) == ["Total: 2", "Imported: 2", "Warnings: 1"])
        #expect(ended.problems.map(\.code) == ["optInLeftOut", "optInLeftOut", "optInLeftOut"])
        #expect(
            ended.problems.map(\.column) == ["emailEnabled", "marketingConsent", "newsletter"]
        )
        #expect(try harness.values(of: "emailEnabled")["a"] == "false")
        #expect(try harness.values(of: "firstName")["a"] == "Ann")
        #expect(
            try harness.rows("SELECT profile_id, is_subscribed FROM subscription ORDER BY 1")
                == ["integer(1) | integer(0)", "integer(2) | integer(1)"]
        )
    }

    @Test(arguments: TestEngine.dialects)
    func `an import that may re-subscribe does`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        _ = try await harness.run("userId,emailEnabled,newsletter\na,0,1\n")
        _ = try await harness.run("userId,newsletter\na,0\n")
        let ended = try await harness.run(
            "userId,emailEnabled,newsletter\na,1,1\n",
            ImportPlan(mayResubscribe: true)
        )
        #expect(ended.problems.isEmpty)
        #expect(ended.result?.optIns == 2)
        #expect(try harness.values(of: "emailEnabled") == ["a": "true"])
    }

    @Test(arguments: TestEngine.dialects)
    func `an address without its permission is warned of when the file has the column`(
        _ engine: TestEngine
    )
        async throws
    {
        let harness = try ImportHarness(engine)
        let ended = try await harness.run(
            "userId,emailAddress,emailEnabled\na,a@a.example,\nb,b@a.example,1\nc,,\n"
        )
        #expect(ended.verdicts == ["2 warning permissionMissing"])
        let none = try await harness.run("userId,emailAddress\nd,d@a.example\n")
        #expect(none.problems.isEmpty)
        #expect(try harness.values(of: "emailEnabled")["d"] == "true")
    }

    @Test(arguments: TestEngine.allCases)
    func `consents and subscriptions leave records with their collection`(
        engine: TestEngine
    ) async throws {
        let harness = try ImportHarness(engine)
        let plan = ImportPlan(collection: Collection(source: "shop", way: "form 12"))
        _ = try await harness.run("userId,marketingConsent,offers\na,1,yes\nb,,no\nc,0,\n", plan)
        _ = try await harness.run("userId,marketingConsent,offers\na,0,no\nc,0,1\n", plan)
        let shape = "collection_source, collection_way, change_source"
        #expect(
            try harness.rows("SELECT profile_id, consent_value, \(shape) FROM consent_change")
                == [
                    "integer(1) | integer(1) | text(\"shop\") | text(\"form 12\") | text(\"manual_import\")",
                    "integer(3) | integer(0) | text(\"shop\") | text(\"form 12\") | text(\"manual_import\")",
                    "integer(1) | integer(0) | text(\"shop\") | text(\"form 12\") | text(\"manual_import\")",
                ]
        )
        #expect(
            try harness.rows("SELECT profile_id, is_subscribed FROM subscription_change")
                == [
                    "integer(1) | integer(1)", "integer(1) | integer(0)", "integer(3) | integer(1)",
                ]
        )
    }
}

@Suite struct RepetitionTests {
    private let file = """
        userId,emailAddress,firstName,language,marketingConsent,newsletter
        a,ann@a.example,Ann,fr,1,1
        b,bob@b.example,Bob,klingon,0,0
        c,cid@c.example,Cid,nl,,
        c,cid@c.example,Cid,nl,,
        d,x
        ,e,,,,
        f,f@f.example,F,fr,perhaps,
        """

    @Test(arguments: TestEngine.allCases)
    func `a dry run writes nothing and forecasts what follows`(engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        _ = try await harness.run("userId,firstName,newsletter\na,Old,1\nb,Bob,0\n")
        let before = try harness.dump()
        let forecast = try await harness.run(file, isDryRun: true)
        #expect(try harness.dump() == before)
        #expect(forecast.task.status == .error)
        #expect(forecast.result?.isDryRun == true)
        #expect(forecast.accepted.isEmpty)
        #expect(harness.listener.heard == ["started 1/0", "ended 1/0"])
        let ended = try await harness.run(file)
        #expect(forecast.breakdown == ended.breakdown)
        #expect(forecast.verdicts == ended.verdicts)
        #expect(forecast.result?.optIns == ended.result?.optIns)
        #expect(forecast.result?.optOuts == ended.result?.optOuts)
    }

    @Test(arguments: TestEngine.allCases)
    func `the same file again changes nothing and moves no stamp`(
        engine: TestEngine
    ) async throws {
        let harness = try ImportHarness(engine)
        let first = try await harness.run(file)
        #expect(first.breakdown.created == 3)
        harness.time.advance(by: .days(1))
        let second = try await harness.run(file)
        #expect(second.breakdown.unchanged == 3)
        #expect(second.breakdown.created + second.breakdown.updated == 0)
        let profiles = "SELECT updated_stamp, updated_at FROM \(try harness.table.physicalName)"
        #expect(Set(try harness.rows(profiles)).count == 1)
        #expect(try harness.rows("SELECT count(*) FROM consent_change") == ["integer(2)"])
        #expect(try harness.rows("SELECT count(*) FROM subscription_change") == ["integer(1)"])
        let rows = "SELECT count(*) FROM import_row WHERE task_id = 1"
        #expect(try harness.rows(rows) == ["integer(3)"])
    }

    @Test(arguments: TestEngine.dialects)
    func `a dry run that was cut short starts over`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        harness.recorder.arm("import.forecast")
        let task = try harness.enqueue(Array(file.utf8), isDryRun: true)
        try await harness.worker.runUntilIdle()
        #expect(try harness.ended(task).task.status == .executing)
        try await harness.recover()
        let ended = try harness.ended(task)
        #expect(ended.task.status == .error)
        #expect(ended.breakdown.total == 7)
        #expect(ended.problems.count == 5)
    }
}
