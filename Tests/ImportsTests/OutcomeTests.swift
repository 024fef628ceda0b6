// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Files
import Imports
import Tasks
import TestSupport
import Testing

@Suite struct OutcomeTests {
    @Test func `the ledger looks for accepted lines where imports of profiles put them`() {
        #expect(ImportTasks.profileImport.name == ImportLedger.profileImports)
        #expect(ImportTasks.customTableImport.name == ImportLedger.customTableImports)
    }

    @Test(arguments: TestEngine.allCases)
    func `a clean file is imported and its task is Completed`(engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let ended = try await harness.run("userId,firstName\na,Ann\nb,Bob\n")
        #expect(ended.task.status == .completed, "\(ended.task.failure ?? "")")
        #expect(ended.lines == ["Total: 2", "Imported: 2", "Warnings: 0", "Total failed: 0"])
        #expect(try harness.values(of: "firstName") == ["a": "Ann", "b": "Bob"])
        #expect(harness.listener.heard == ["started 1/0", "ended 1/0"])
        #expect(try harness.spool.names(of: .upload).isEmpty)
    }

    @Test(arguments: TestEngine.allCases)
    func `every outcome has its line in the breakdown, in order`(engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let ended = try await harness.run(
            """
            userId,emailEnabled,language
            a,1,fr
            a,0,fr
            b,1
            ,1,fr
            c,perhaps,fr
            d,1,klingon

            e,0,nl
            """
        )
        #expect(ended.task.status == .error)
        #expect(
            ended.lines == [
                "Total: 7", "Imported: 3", "Warnings: 1", "Total failed: 4",
                "Failed by duplicated rows: 1", "Failed by the wrong number of columns: 1",
                "Failed by empty identifier: 1", "Failed during profile saving: 1",
            ]
        )
        #expect(ended.breakdown.emptyLines == 1)
        #expect(
            ended.verdicts == [
                "3 duplicate duplicate", "4 wrongColumns wrongColumns",
                "5 emptyIdentifier emptyIdentifier", "6 notSaved notABoolean",
                "7 warning unknownLanguage",
            ]
        )
        #expect(ended.accepted.map(\.line) == [2, 7, 9])
        #expect(ended.task.outcome == "3 of 7 rows imported, 4 failed.")
    }

    @Test(arguments: TestEngine.dialects)
    func `warnings alone stay Completed`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let ended = try await harness.run("userId,timeZone\na,Mars/Phobos\n")
        #expect(ended.task.status == .completed)
        #expect(ended.lines.prefix(3) == ["Total: 1", "Imported: 1", "Warnings: 1"])
        #expect(try harness.values(of: "timeZone") == ["a": ""])
    }

    @Test(arguments: TestEngine.dialects)
    func `a problem row keeps line, column, code, message and its fields`(
        _ engine: TestEngine
    ) async throws {
        let harness = try ImportHarness(engine)
        let ended = try await harness.run("userId,mobile_number,firstName\na,12x,\"Ann, B\"\n")
        let problem = try #require(ended.problems.first)
        #expect(problem.line == 2)
        #expect(problem.column == "mobile_number")
        #expect(problem.code == "notAMobileNumber")
        #expect(problem.message == "a mobile number holds digits only")
        #expect(problem.fields == ["a", "12x", "Ann, B"])
        #expect(problem.identifier == "a")
    }

    /// Each text has lines 2 and 3; the verdicts are those of the order of precedence.
    static let precedence: [(String, [String])] = [
        ("a,perhaps\na,1", ["2 notSaved notABoolean"]),
        ("a,1\na,perhaps", ["3 duplicate duplicate"]),
        ("a,1\na", ["3 wrongColumns wrongColumns"]),
        (",perhaps\na,1", ["2 emptyIdentifier emptyIdentifier"]),
        ("  ,1\na,1", ["2 emptyIdentifier emptyIdentifier"]),
        ("a,1,2\n,1", ["2 wrongColumns wrongColumns", "3 emptyIdentifier emptyIdentifier"]),
        ("a,perhaps\na,maybe", ["2 notSaved notABoolean", "3 notSaved notABoolean"]),
        ("a,1\n a ,1", ["3 duplicate duplicate"]),
        ("a\u{0},1\na,1", ["2 notSaved nulByte"]),
        ("a,\"1\"x\na,1", ["2 notSaved textAfterClosingQuote"]),
        ("a,1\nb,\"1", ["3 notSaved unterminatedQuote"]),
    ]

    @Test(arguments: TestEngine.dialects, precedence)
    func `the first rule that applies decides`(
        _ engine: TestEngine,
        example: (rows: String, verdicts: [String])
    ) async throws {
        let (rows, verdicts) = example
        let harness = try ImportHarness(engine)
        let ended = try await harness.run("userId,emailEnabled\n\(rows)\n")
        #expect(ended.verdicts == verdicts)
        #expect(ended.breakdown.total == 2)
        #expect(ended.breakdown.imported == 2 - verdicts.count)
    }

    @Test(arguments: TestEngine.dialects)
    func `invalid bytes fail their row alone`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        let start = "userId,firstName\na,Zoë\nb,Zoë\nc,Zoë\nd,Zoë\ne,"
        let bytes = Array(start.utf8) + [0xFF] + Array("\nf,Zoë\n".utf8)
        let ended = try await harness.run(bytes: bytes)
        #expect(ended.verdicts == ["6 notSaved invalidBytes"])
        #expect(try harness.values(of: "firstName")["f"] == "Zoë")
    }

    @Test(arguments: TestEngine.allCases)
    func `a duplicate across the border of two batches is found`(engine: TestEngine) async throws {
        let harness = try ImportHarness(engine)
        // Rows of one key straddle row 500, and the first of them cannot be saved.
        var rows = (0..<498).map { "k\(1000 + $0),1" }
        rows += ["m,perhaps", "m,1", "m,0", "m,1", "n,1"]
        let ended = try await harness.run(
            "userId,emailEnabled\n" + rows.joined(separator: "\n")
        )
        #expect(
            ended.verdicts == [
                "500 notSaved notABoolean", "502 duplicate duplicate", "503 duplicate duplicate",
            ]
        )
        #expect(try harness.profiles().count == 500)
    }
}

@Suite struct UniqueAttributeTests {
    private let card = NewAttribute("card", .string, isUnique: true)

    @Test(arguments: TestEngine.allCases)
    func `a unique value of another profile is refused`(engine: TestEngine) async throws {
        let harness = try ImportHarness(engine, attributes: [card])
        _ = try await harness.run("userId,card\na,1\nb,2\n")
        let ended = try await harness.run("userId,card\na,1\nb,1\nc,2\n")
        #expect(ended.verdicts == ["3 notSaved uniqueTakenInFile", "4 notSaved uniqueTaken"])
        #expect(ended.problems.map(\.column) == ["card", "card"])
        #expect(try harness.values(of: "card") == ["a": "1", "b": "2"])
    }

    @Test(arguments: TestEngine.allCases)
    func `of two rows with one unique value the earlier line wins`(engine: TestEngine) async throws
    {
        let harness = try ImportHarness(engine, attributes: [card])
        let ended = try await harness.run("userId,card\nz,9\na,9\nb,8\n")
        #expect(ended.task.status == .error, "\(ended.task.failure ?? "")")
        #expect(ended.verdicts == ["3 notSaved uniqueTakenInFile"])
        #expect(try harness.values(of: "card") == ["z": "9", "b": "8"])
    }

    @Test(arguments: TestEngine.dialects)
    func `a swap inside one file is refused`(_ engine: TestEngine) async throws {
        let harness = try ImportHarness(engine, attributes: [card])
        _ = try await harness.run("userId,card\na,1\nb,2\n")
        let ended = try await harness.run("userId,card\na,2\nb,1\n")
        #expect(ended.verdicts == ["2 notSaved uniqueTaken", "3 notSaved uniqueTaken"])
        #expect(try harness.values(of: "card") == ["a": "1", "b": "2"])
    }

    @Test(arguments: TestEngine.dialects)
    func `a profile keeps its own value whatever an earlier row wants`(
        _ engine: TestEngine
    ) async throws {
        let harness = try ImportHarness(engine, attributes: [card])
        _ = try await harness.run("userId,card\na,1\n")
        let ended = try await harness.run("userId,card\nb,1\na,1\n")
        #expect(ended.verdicts == ["2 notSaved uniqueTaken"])
        #expect(ended.breakdown.unchanged == 1)
    }

    /// The row that was refused leaves its key to the next, whose value meets another's.
    @Test(arguments: TestEngine.allCases)
    func `rows that replace refused ones do not end the import`(engine: TestEngine) async throws {
        let harness = try ImportHarness(engine, attributes: [card])
        _ = try await harness.run("userId,card\nx,5\n")
        let ended = try await harness.run("userId,card\na,5\nb,7\na,7\nc,6\n")
        #expect(ended.task.status == .error, "\(ended.task.failure ?? "")")
        #expect(ended.verdicts.first == "2 notSaved uniqueTaken")
        let cards = try harness.profiles().compactMap { $0["card"] }
        #expect(cards.sorted() == ["5", "6", "7"])
    }
}
