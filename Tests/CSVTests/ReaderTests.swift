// SPDX-License-Identifier: Apache-2.0
import CSV
import Testing

struct ReaderTests {
    @Test(arguments: HardInput.all)
    func `a hard input gives the expected records`(input: HardInput) {
        let reading = Reading(input.bytes, input.dialect, limit: input.limit)
        #expect(reading.rows.map(\.fields) == input.fields)
        #expect(reading.rows.map(\.line) == input.lines ?? Array(1..<input.fields.count + 1))
        let problems = reading.rows.enumerated().compactMap { place, row in
            row.problem.map { (place, $0) }
        }
        #expect(Dictionary(uniqueKeysWithValues: problems) == input.problems)
        #expect(reading.emptyLines == input.emptyLines)
    }

    @Test func `the table of hard inputs has distinct names and at least 65 entries`() {
        #expect(Set(HardInput.all.map(\.name)).count == HardInput.all.count)
        #expect(HardInput.all.count >= 65)
    }

    @Test func `the raw text of records and their offsets add up to the file`() {
        let text = "\u{FEFF}a,\"b\"\"\"\n\n\"c\nd\",é\r\ne"
        let reading = Reading(Array(text.utf8), CSVDialect())
        #expect(reading.rows.map(\.raw) == ["a,\"b\"\"\"", "\"c\nd\",é", "e"])
        #expect(reading.rows.map(\.offset) == [3, 12, 22])
        for row in reading.rows {
            #expect(text.utf8.dropFirst(row.offset).starts(with: row.raw.utf8))
        }
    }

    @Test func `a record that is too long shows its first bytes without cutting a character`() {
        let text = String(repeating: "€", count: 2_000) + "\nb"
        let reading = Reading(Array(text.utf8), CSVDialect(), limit: 5_000)
        #expect(reading.rows.map(\.raw) == [String(repeating: "€", count: 1_365), "b"])
        #expect(reading.rows.map(\.offset) == [0, 6_001])
    }

    @Test func `a field that a record lacks is empty`() {
        var reader = CSVReader()
        var counts: [Int] = []
        reader.append(Array("a,b\n".utf8)) { record in
            counts = [record.field(2).count, record.field(-1).count, record.field(1).count]
            return .next
        }
        #expect(counts == [0, 0, 1])
    }

    @Test func `a header line without end is reported at once and nothing of it is kept`() {
        var reader = CSVReader(maximumRecordLength: 65_536)
        let chunk = [UInt8](repeating: 0x61, count: 1_000_000)
        var rows: [Row] = []
        for _ in 0..<20 {
            reader.append(chunk) { record in
                rows.append(Row(record))
                return .next
            }
            #expect(rows.map(\.problem) == [.tooLong(limit: 65_536)])
        }
        reader.append(Array("\nb,c\n".utf8)) { record in
            rows.append(Row(record))
            return .next
        }
        #expect(rows.last == Row(line: 2, offset: 20_000_001, fields: ["b", "c"], raw: "b,c"))
    }

    @Test func `a callback that stops sees nothing more`() {
        var reader = CSVReader()
        var seen = 0
        let take = { (_: borrowing CSVRecord) -> CSVReader.Step in
            seen += 1
            return seen == 2 ? .stop : .next
        }
        reader.append(Array("a\nb\nc\nd".utf8), take)
        reader.append(Array("e\nf\n".utf8), take)
        reader.finish(take)
        #expect(seen == 2)
        let isStopped = reader.isStopped
        #expect(isStopped)
    }

    @Test func `a callback that throws sees nothing more`() throws {
        struct Refusal: Error {}
        var reader = CSVReader()
        #expect(throws: Refusal.self) {
            try reader.append(Array("a\nb\n".utf8)) { _ in throw Refusal() }
        }
        var seen = 0
        reader.append(Array("c\nd".utf8)) { _ in
            seen += 1
            return .next
        }
        reader.finish { _ in
            seen += 1
            return .next
        }
        #expect(seen == 0)
        let isStopped = reader.isStopped
        #expect(isStopped)
    }

    @Test(arguments: [
        CSVProblem.unterminatedQuote(field: 2), .textAfterClosingQuote(field: 2),
        .nulByte(field: 2), .invalidBytes(field: 2), .tooLong(limit: 3), .tooManyFields(limit: 3),
    ])
    func `a problem is told as a sentence that counts from one`(problem: CSVProblem) {
        #expect(problem.description.contains("3"))
        #expect(problem.description.hasSuffix("."))
    }
}
