// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Imports
import Tasks
import TestSupport
import Testing

/// The rules of spec/imports.md in the simplest words, to compare the room with.
private struct Model {
    struct Person: Equatable {
        var name: String
        var isEnabled: Bool
    }

    private(set) var people: [String: Person] = [:]

    /// The verdicts of a file's rows, from line 2 on, and the counts of what was imported.
    mutating func take(_ rows: [[String]]) -> (verdicts: [String], imported: [RowOutcome: Int]) {
        var verdicts: [String] = []
        var imported: [RowOutcome: Int] = [:]
        var accepted: Set<String> = []
        for (offset, row) in rows.enumerated() {
            let line = offset + 2
            let id = row[0].split(separator: " ").joined()
            if row.count != 3 {
                verdicts.append("\(line) wrongColumns wrongColumns")
            } else if id.isEmpty {
                verdicts.append("\(line) emptyIdentifier emptyIdentifier")
            } else if accepted.contains(id) {
                verdicts.append("\(line) duplicate duplicate")
            } else if row[2] == "perhaps" {
                verdicts.append("\(line) notSaved notABoolean")
            } else {
                accepted.insert(id)
                let isLeftOut = merge(id, row, &imported)
                if isLeftOut { verdicts.append("\(line) warning optInLeftOut") }
            }
        }
        return (verdicts, imported)
    }

    private mutating func merge(
        _ id: String,
        _ row: [String],
        _ imported: inout [RowOutcome: Int]
    ) -> Bool {
        guard let old = people[id] else {
            people[id] = Person(name: row[1], isEnabled: row[2] != "0")
            imported[.created, default: 0] += 1
            return false
        }
        let isLeftOut = !old.isEnabled && row[2] == "1"
        var new = old
        if !row[1].isEmpty { new.name = row[1] }
        if row[2] == "0" { new.isEnabled = false }
        people[id] = new
        imported[new == old ? .unchanged : .updated, default: 0] += 1
        return isLeftOut
    }
}

@Suite struct ModelTests {
    /// Most seeds in memory, which is fastest; the others by turns.
    private func engine(for seed: Int) -> TestEngine {
        [.file, .postgres, .memory, .memory, .memory][seed % 5]
    }

    private func row(_ chance: inout SeededRandomness) -> [String] {
        let ids = ["a", "b", "c", " d ", "e", "f", "g", "", "  "]
        let flags = ["1", "0", "", "", "perhaps"]
        let names = ["Ann", "Bob", "", "Zoë", "x y"]
        var row = [ids, names, flags].map { $0.randomElement(using: &chance) ?? "" }
        switch Int.random(in: 0..<20, using: &chance) {
        case 0: row.append("more")
        case 1: row = ["alone"]
        default: break
        }
        return row
    }

    @Test(arguments: 0..<30)
    func `outcomes and profiles agree with the model`(seed: Int) async throws {
        var chance = SeededRandomness(seed: UInt64(seed))
        let harness = try ImportHarness(engine(for: seed))
        var model = Model()
        for _ in 0..<4 {
            let count = Int.random(in: 0..<40, using: &chance)
            let rows = (0..<count).map { _ in row(&chance) }
            let text = rows.map { $0.joined(separator: ",") + "\n" }.joined()
            let (verdicts, imported) = model.take(rows)
            let file = "userId,firstName,emailEnabled\n" + text
            let forecast = try await harness.run(file, isDryRun: true)
            let ended = try await harness.run(file)
            #expect(forecast.verdicts == verdicts)
            #expect(forecast.breakdown == ended.breakdown)
            #expect(ended.verdicts == verdicts)
            #expect(ended.breakdown.created == imported[.created] ?? 0)
            #expect(ended.breakdown.updated == imported[.updated] ?? 0)
            #expect(ended.breakdown.unchanged == imported[.unchanged] ?? 0)
            #expect(ended.breakdown.closes && ended.breakdown.total == count)
        }
        let names = try harness.values(of: "firstName")
        #expect(names == model.people.mapValues(\.name))
        let enabled = try harness.values(of: "emailEnabled").mapValues { $0 == "true" }
        #expect(enabled == model.people.mapValues(\.isEnabled))
    }

    /// No model of who wins: whatever happens, the ledger closes and values stay unique.
    @Test(arguments: 0..<30)
    func `unique values never end an import and stay unique`(seed: Int) async throws {
        var chance = SeededRandomness(seed: UInt64(seed))
        let card = NewAttribute("card", .integer, isUnique: true)
        let harness = try ImportHarness(engine(for: seed), attributes: [card])
        for _ in 0..<4 {
            let rows = (0..<Int.random(in: 1..<30, using: &chance)).map { _ in
                let id = Int.random(in: 0..<8, using: &chance)
                let card = Int.random(in: 0..<10, using: &chance)
                return "u\(id),\(card == 9 ? "bad" : card == 8 ? "" : "\(card)")\n"
            }
            let ended = try await harness.run("userId,card\n" + rows.joined())
            #expect(ended.task.status != .fatal, "\(ended.task.outcome ?? "")")
            #expect(ended.result != nil && ended.breakdown.closes)
            #expect(ended.breakdown.total == rows.count)
            let failed = ended.problems.map(\.line)
            #expect(Set(failed).isDisjoint(with: ended.accepted.map(\.line)))
            #expect(failed.count + ended.accepted.count == rows.count)
            let cards = try harness.profiles().compactMap { $0["card"] }
            #expect(Set(cards).count == cards.count)
        }
    }
}
