// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Exports
import Files
import Foundation
import Tasks
import TestSupport
import Testing

@Suite struct CrashTests {
    @Test(
        arguments: [
            "export.planned", "export.sealed", "export.named", "export.filePut", "export.put",
            "export.delivered",
        ],
        TestEngine.allCases
    )
    func `after a crash the same window goes out, once`(
        point: String,
        engine: TestEngine
    )
        async throws
    {
        let world = try await World(engine)
        let history = try await History.play(in: world)
        let export = try await world.export(
            try world.definition(.emailSent, history.table) { $0.transfer.compression = .gzip }
        )
        let task = try await world.execute(export, Crash.at(point))
        let before = try await world.runs(of: export)
        world.time.advance(by: .seconds(61))
        if point != "export.delivered" {
            #expect(task.status == .executing)
            #expect(try await world.attempt(task.id).status == .completed)
        }
        let after = try await world.runs(of: export)
        #expect(after.map(\.plan) == before.map(\.plan))
        #expect(after.map(\.fileName) == before.map(\.fileName))
        if let sealed = before.first?.sealed { #expect(after.first?.sealed == sealed) }
        #expect(after.map(\.state) == [.delivered])
        #expect(try world.files() == ["daily_20260302_0906.csv.gz"])
        world.time.advance(by: .hours(1))
        _ = try await world.execute(export)
        let report = try world.verify()
        #expect(report.gap == nil)
        #expect(report.manifests == 2)
        #expect(report.rows == 3)
    }

    @Test(arguments: TestEngine.dialects)
    func `a file is not visible as delivered before its manifest`(_ engine: TestEngine) async throws
    {
        let world = try await World(engine)
        let history = try await History.play(in: world)
        let export = try await world.export(try world.definition(.emailSent, history.table))
        try await world.execute(export, Crash.at("export.filePut"))
        #expect(try world.files() == ["daily_20260302_0906.csv"])
        #expect(try world.verify().manifests == 0)
    }

    @Test(arguments: TestEngine.dialects)
    func `a file that an earlier task had sealed goes out first, then a new one`(
        _ engine: TestEngine
    )
        async throws
    {
        let world = try await World(engine)
        let history = try await History.play(in: world)
        let export = try await world.export(try world.definition(.emailSent, history.table))
        let failing = Failpoints { if $0 == "export.put" { throw Broken() } }
        let task = try await world.execute(export, failing)
        let sealed = try #require(try await world.runs(of: export).first)
        #expect(sealed.state == .sealed)
        try await world.database.write { transaction in
            try transaction.execute("UPDATE task SET status = 'fatal' WHERE workspace_id = 1")
        }
        world.time.advance(by: .hours(24))
        let next = try await world.execute(export)
        #expect(next.status == .completed)
        #expect(next.id != task.id)
        let runs = try await world.runs(of: export)
        #expect(runs.map(\.state) == [.delivered, .delivered])
        #expect(runs.last?.sealed == sealed.sealed)
        #expect(runs.last?.manifest == sealed.manifest)
        #expect(try world.verify().gap == nil)
    }

    @Test(arguments: TestEngine.dialects)
    func `a name that is taken gets the number of the run`(_ engine: TestEngine) async throws {
        let world = try await World(engine)
        let history = try await History.play(in: world)
        let export = try await world.export(
            try world.definition(.emailSent, history.table) {
                $0.transfer = Transfer(
                    fileName: "fixed.txt",
                    location: world.location,
                    compression: .gzip
                )
            }
        )
        for _ in 1...3 {
            _ = try await world.execute(export)
            world.time.advance(by: .hours(1))
        }
        #expect(try world.files() == ["fixed-2.txt.gz", "fixed-3.txt.gz", "fixed.txt.gz"])
        #expect(try world.verify().gap == nil)
    }

    @Test(arguments: TestEngine.dialects)
    func `a crash after the name was settled keeps the name`(_ engine: TestEngine) async throws {
        let world = try await World(engine)
        let history = try await History.play(in: world)
        try world.folder.write("foreign", to: "out/daily_20260302_0906.csv")
        let export = try await world.export(try world.definition(.emailSent, history.table))
        let task = try await world.execute(export, Crash.at("export.put"))
        world.time.advance(by: .seconds(61))
        try await world.attempt(task.id)
        #expect(try world.files() == ["daily_20260302_0906-1.csv", "daily_20260302_0906.csv"])
        #expect(try world.text("daily_20260302_0906.csv") == "foreign")
    }

    @Test(arguments: TestEngine.dialects)
    func `a delivered file can be delivered again, byte for byte, while it is kept`(
        _ engine: TestEngine
    )
        async throws
    {
        let world = try await World(engine)
        let history = try await History.play(in: world)
        let export = try await world.export(try world.definition(.emailSent, history.table))
        let text = try await world.file(export)
        try FileManager.default.removeItem(atPath: world.folder.path("out/daily_20260302_0906.csv"))
        let context = world.context
        let task = try await world.database.write { [store = world.store] transaction in
            try #require(
                try store.deliverAgain(export, seq: 1, by: context, in: transaction)
            )
        }
        #expect(
            try await world.attempt(task).outcome == "Delivered again: daily_20260302_0906.csv."
        )
        #expect(try world.text("daily_20260302_0906.csv") == text)
        world.time.advance(by: .days(6))
        let retention = ExportRetention(world.workspace, spool: world.services.spool)
        #expect(try retention.removeFiles(from: world.database) == 1)
        await #expect(throws: ExportsError.fileGone(export, seq: 1)) {
            try await world.database.write { [store = world.store] transaction in
                _ = try store.deliverAgain(export, seq: 1, by: context, in: transaction)
            }
        }
    }

    @Test(arguments: TestEngine.dialects, ["export.sealed", "export.filePut", "export.put"])
    func `a sealed file that was lost is made anew, unless it was delivered`(
        _ engine: TestEngine,
        point: String
    ) async throws {
        let world = try await World(engine)
        let history = try await History.play(in: world)
        let export = try await world.export(try world.definition(.emailSent, history.table))
        let task = try await world.execute(export, Crash.at(point))
        let before = try #require(try await world.runs(of: export).first)
        try world.services.spool.remove(try #require(before.sealed?.packed.file))
        world.time.advance(by: .seconds(61))
        #expect(try await world.attempt(task.id).status == .completed)
        let after = try #require(try await world.runs(of: export).first)
        #expect((after.plan == before.plan) == (point == "export.put"))
        #expect(after.state == .delivered)
        #expect(try world.verify().gap == nil)
    }

    @Test(arguments: TestEngine.dialects)
    func `a task that is asked to stop leaves no file, and its window to the next`(
        _ engine: TestEngine
    )
        async throws
    {
        let world = try await World(engine)
        let table = try await world.table()
        try await world.fill(table, 10_001)
        let export = try await world.export(try world.definition(.profileCreated, table))
        let stopping = Failpoints { [database = world.database, context = world.context] name in
            guard name == "export.planned" else { return }
            try database.writeBlocking { transaction in
                try TaskStore(context.workspace).stop(TaskID(1), by: context, in: transaction)
            }
        }
        #expect(try await world.execute(export, stopping).status == .error)
        #expect(try world.files() == [])
        #expect(try await world.runs(of: export) == [])
        let task = try await world.execute(export)
        #expect(task.progressDone == 10_001)
        #expect(try await world.latest(export).split(separator: "\n").count == 10_002)
    }

    @Test(arguments: TestEngine.dialects)
    func `recipients hear of success, and of a failure that is final`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let history = try await History.play(in: world)
        let export = try await world.export(
            try world.definition(.emailSent, history.table) {
                $0.reportRecipients = ["anna@example.org"]
            }
        )
        _ = try await world.file(export)
        let failing = Failpoints { if $0 == "export.planned" { throw Broken() } }
        var task = try await world.execute(export, failing)
        while task.status == .new {
            world.time.advance(by: .hours(1))
            task = try await world.attempt(task.id, failing)
        }
        #expect(task.status == .fatal)
        let mails = await world.mailer.mails
        #expect(mails.map(\.subject) == ["Export daily: 3 rows", "Export daily failed"])
        #expect(mails.map(\.recipients) == [["anna@example.org"], ["anna@example.org"]])
        try Golden.expect(mails.first?.text ?? "", "report.txt")
        try Golden.expect(mails.last?.text ?? "", "report-failed.txt")
    }
}
