// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

struct SamplePeopleTests {
    @Test(arguments: SampleKind.allCases)
    func `people.csv holds as many rows of a kind as its README says`(kind: SampleKind) throws {
        let stated = try readmeTable()[kind.rawValue]
        #expect(try Self.kinds.get().count { $0 == kind } == stated)
    }

    @Test func `the breakdown in the README is that of the kinds`() throws {
        let table = try readmeTable()
        let outcomes = try Self.kinds.get().map(\.outcome)
        #expect(table["Total"] == outcomes.count)
        #expect(table["Imported"] == outcomes.count { !$0.isFailure })
        #expect(table["Total failed"] == outcomes.count(where: \.isFailure))
        for outcome in SampleKind.Outcome.allCases where outcome != .imported {
            #expect(table[outcome.rawValue] == outcomes.count { $0 == outcome })
        }
    }

    @Test func `the generator writes the committed bytes`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = SampleFolder.url.appending(path: "make_people.py")
        try SystemProgram.output(["python3", script.path, folder.path])
        for name in ["people.csv", "do-not-contact.txt"] {
            let written = try Data(contentsOf: folder.appending(path: name))
            #expect(try written == SampleFolder.data(name), "\(name) differs")
        }
    }

    @Test func `addresses lie in domains that are kept for examples`() throws {
        let reserved = ["example.com", "example.org", "example.net"]
        for row in try wholeRows() where row[.email].contains("@") && row[.email] != "maria@example"
        {
            let domain = row[.email].split(separator: "@").last.map(String.init) ?? ""
            let isReserved =
                domain.hasSuffix(".test")
                || reserved.contains { domain == $0 || domain.hasSuffix("." + $0) }
            #expect(isReserved, "\(row[.email])")
        }
    }

    @Test func `numbers lie in ranges that are kept for fiction`() throws {
        // The regulators' ranges: Ofcom, NANPA, ARCEP, Bundesnetzagentur, PTS; +999 is nobody's.
        let fiction =
            #/
            447700900\d{3} | 1\d{3}55501\d{2} | 3363998\d{4}
            | 49(17139200|176040690)\d{2} | 467017406\d{2} | 999\d{9}
            /#
        for row in try wholeRows() where !isOdd(row[.mobileNumber]) {
            var digits = row[.mobileNumber].filter(\.isNumber)
            if digits.hasPrefix("00") { digits.removeFirst(2) }
            #expect(digits.wholeMatch(of: fiction) != nil, "\(row[.mobileNumber])")
        }
    }

    @Test(arguments: [
        "Zélie", "Łódź", "Ångström", "Ελένη", "София", "Київ", "القاهرة", "חיפה", "上海",
        "東京", "タロウ", "서울", "मुंबई", "Đà Nẵng", #""Washington, D.C.""#, #""Wilhelmina ""Mina""""#,
        "\"Saint-Denis\nLa Réunion\"",
    ])
    func `people.csv holds many scripts and quoted forms`(text: String) throws {
        #expect(try SampleFolder.text("people.csv").contains(text))
    }

    @Test func `the do-not-contact list names people of the file`() throws {
        let addresses = Set(try wholeRows().map { $0[.email] })
        let list = try SampleFolder.lines("do-not-contact.txt")
        #expect(list.count == 5)
        #expect(list.allSatisfy(addresses.contains))
    }

    /// Whether a number is one of those that an import refuses, or none.
    private func isOdd(_ number: String) -> Bool {
        let digits = number.filter(\.isNumber)
        return digits.isEmpty || digits.hasPrefix("0") && !digits.hasPrefix("00")
    }

    /// The kinds of all rows, told once for all tests.
    private static let kinds = Result {
        var classifier = SampleClassifier(
            doNotContact: try SampleFolder.lines("do-not-contact.txt")
        )
        return try SampleFolder.people().map { classifier.kind(of: $0) }
    }

    private func wholeRows() throws -> [SampleRow] {
        try SampleFolder.people().filter { $0.fields.count == SampleRow.Column.allCases.count }
    }

    /// The numbers in the second column of the README's tables, by the first.
    private func readmeTable() throws -> [String: Int] {
        let rows = try SampleFolder.lines("README.md").compactMap { line -> (String, Int)? in
            let cells = line.split(separator: "|").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard line.hasPrefix("|"), cells.count >= 2, let number = Int(cells[1]) else {
                return nil
            }
            return (cells[0], number)
        }
        return try Dictionary(rows) { _, _ in throw CocoaError(.coderInvalidValue) }
    }
}
