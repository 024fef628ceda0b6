// SPDX-License-Identifier: Apache-2.0
import CSV
import Database
import Exports
import Foundation
import Imports
import Millrace
import TestSupport
import Testing

/// The demo on Samples, held against Samples/README.md, and what a person does with it afterwards.
@Suite(.serialized) struct DemoTests {
    @Test(.timeLimit(.minutes(30)), arguments: TestEngine.lasting)
    func `the demo gives the breakdown of Samples and a replay mails the newly accepted alone`(
        _ engine: TestEngine
    ) async throws {
        let scratch = try Scratch(engine)
        var command = ["demo", "--folder", scratch.folder.path("demo")]
        if engine == .postgres { command += ["--database", scratch.address] }
        let ran = try await scratch.start(command).end()
        try #require(ran.code == 0, "\(ran.output)\(ran.error)")
        let demo = Demonstration(scratch)
        try expectBreakdown(ran.output)
        let before = try demo.mails()
        let accepted = try demo.correctRejects()
        let replay = try await demo.run("import", "--replay", "1", demo.path("rejects.csv"))
        #expect(replay.code == 3, "\(replay.output)\(replay.error)")
        let shown = try await demo.run("tasks", "show", "1")
        let imported = try Regex("Imported +\(1_960 + accepted)\n")
        #expect(shown.output.contains(imported), "\(shown.output)")
        let after = try demo.mails()
        #expect(after.isSuperset(of: before))
        #expect(after.subtracting(before) == Set(try demo.mailsOfReplay()))
        #expect(after.count > before.count)
        #expect(try demo.addressesWrittenToTwice().isEmpty)
        try await expectUnchanged(demo)
    }

    private func expectBreakdown(_ output: String) throws {
        let readme = try String(
            contentsOfFile: "\(Scratch.repository)/Samples/README.md",
            encoding: .utf8
        )
        let table = try #require(readme.components(separatedBy: "## The breakdown").last)
        let rows = table.matches(of: #/\| ([A-Z][^|]*) \| (\d+) \|/#)
        #expect(rows.count == 8)
        for row in rows {
            let line = try Regex("\(row.1) +\(row.2)\n")
            #expect(output.contains(line), "\(row.1) should be \(row.2):\n\(output)")
        }
        #expect(output.contains("Both ledgers close"))
        #expect(output.contains("no gap, no overlap, every file as it was sealed"))
    }

    /// The same rows under another name: nothing changes, no change record, an empty delta.
    private func expectUnchanged(_ demo: Demonstration) async throws {
        for pair in ExportPair.catalogue.filter({ $0.facts.exportType.group != .customTable }) {
            #expect(try await demo.run("export", "run", pair.rawValue).code == 0)
        }
        let before = try demo.changeRecords()
        let again = try await demo.run("import", "\(Scratch.repository)/Samples/people.csv")
        #expect(again.output.contains("(0 created, 0 updated, 1960 unchanged"), "\(again.output)")
        #expect(try demo.changeRecords() == before)
        for pair in ExportPair.catalogue.filter({ $0.facts.exportType.group != .customTable }) {
            let ran = try await demo.run("export", "run", pair.rawValue)
            #expect(ran.output.contains("0 rows"), "\(pair.rawValue): \(ran.output)")
        }
        let verified = try await demo.run(
            "export",
            "verify",
            demo.path("demo.db-data/transferbox/1")
        )
        #expect(verified.code == 0, "\(verified.output)")
    }
}

/// A demo that has run, and its folder.
struct Demonstration {
    private let scratch: Scratch

    init(_ scratch: Scratch) { self.scratch = scratch }

    func path(_ name: String) -> String { scratch.folder.path("demo/\(name)") }

    func run(_ arguments: String...) async throws -> RunningProgram.Ended {
        try await scratch.start(
            arguments,
            ["MILLRACE_DATABASE": address, "MILLRACE_DATA": path("demo.db-data")]
        ).end()
    }

    private var address: String {
        scratch.engine == .postgres ? scratch.address : "sqlite:\(path("demo.db"))"
    }

    private func read<Value>(_ body: (Connection) throws -> Value) throws -> Value {
        let database = try Database(
            DatabaseAddress(address),
            migrations: MillraceSchema.migrations
        )
        defer { try? database.close() }
        return try database.readBlocking(body)
    }

    /// The names of the mails in the outbox.
    func mails() throws -> Set<String> {
        let names = Scratch.files(below: path("demo.db-data/outbox"))
            .map { ($0 as NSString).lastPathComponent }
        #expect(Set(names).count == names.count)
        return Set(names)
    }

    /// The names that the mails have to the people whom the replay accepted.
    func mailsOfReplay() throws -> [String] {
        try read { connection in
            try connection.rows(
                """
                SELECT i.id FROM interaction i
                JOIN import_row r ON r.profile_id = i.profile_id AND r.task_id = 1
                WHERE r.batch > 0 AND i.state = 'sent'
                """
            ).map { "1.\(try $0.get(0, as: Int64.self))@garden-club.test.eml" }
        }
    }

    func addressesWrittenToTwice() throws -> [String] {
        try read { connection in
            try connection.rows(
                """
                SELECT lower(address) FROM interaction WHERE state = 'sent'
                GROUP BY 1 HAVING count(*) > 1
                """
            ).map { try $0.get(0) }
        }
    }

    /// Corrects two kinds of rejected rows by rule: days and whole numbers that are none.
    ///
    /// - Returns: How many rows were corrected.
    func correctRejects() throws -> Int {
        let file = path("rejects.csv")
        var rows: [[String]] = []
        var reader = CSVReader()
        func take(_ record: borrowing CSVRecord) -> CSVReader.Step {
            var fields: [String] = []
            for index in 0..<record.fieldCount { fields.append(record.string(index)) }
            rows.append(fields)
            return .next
        }
        reader.append(Array(try Data(contentsOf: URL(fileURLWithPath: file)))) { take($0) }
        reader.finish { take($0) }
        let header = try #require(rows.first)
        let code = try #require(header.firstIndex(of: "millrace_code"))
        var writer = CSVWriter(delimiter: .comma)
        var corrected = 0
        for var row in rows {
            let rule = [
                "notADate": ("birth_date", "1980-01-31"),
                "notAnInteger": ("loyalty_points", "0"),
            ][row[code]]
            if let rule, let column = header.firstIndex(of: rule.0) {
                row[column] = rule.1
                corrected += 1
            }
            for field in row { writer.append(field) }
            writer.endRecord()
        }
        try Data(writer.bytes).write(to: URL(fileURLWithPath: file))
        return corrected
    }

    /// How many change records there are, and the highest stamp of a profile.
    func changeRecords() throws -> [Int64] {
        try read { connection in
            try [
                "subscription_change", "consent_change", "profile_deletion",
            ].map { try connection.value("SELECT count(*) FROM \($0)") ?? 0 }
                + [try connection.value("SELECT max(updated_stamp) FROM p1_1") ?? 0]
        }
    }
}
