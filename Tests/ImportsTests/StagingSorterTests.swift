// SPDX-License-Identifier: Apache-2.0
import Common
import Files
import TestSupport
import Testing

@testable import Imports

@Suite struct StagingSorterTests {
    private struct Row: Equatable {
        var key: [UInt8]
        var line: Int64
        var fields: [String]
    }

    private func add(_ row: Row, to sorter: StagingSorter, _ problem: StagedProblem?) throws {
        let fields = row.fields.map { Array($0.utf8) }
        let all = fields.flatMap { $0 }
        try all.withUnsafeBufferPointer { bytes in
            try row.key.withUnsafeBufferPointer { key in
                try sorter.add(
                    key: key,
                    line: row.line,
                    fieldCount: fields.count,
                    problem: problem
                ) { index in
                    let start = fields[..<index].map(\.count).reduce(0, +)
                    return UnsafeBufferPointer(rebasing: bytes[start..<start + fields[index].count])
                }
            }
        }
    }

    private func sorted(_ sorter: StagingSorter) throws -> [Row] {
        let runs = try sorter.merged()
        var rows: [Row] = []
        while let record = runs.record {
            #expect((record.problem == .nulByte) == (record.line % 7 == 0))
            rows.append(Row(key: Array(record.key), line: record.line, fields: record.fields))
            try runs.advance()
        }
        return rows
    }

    /// From one run for everything to more than one run for each row.
    @Test(arguments: [64, 4_096, 1 << 20])
    func `rows come back in the order of key and line, from any number of runs`(
        runSize: Int
    ) throws {
        let folder = try TemporaryFolder()
        let spool = try Spool(root: folder.path("spool"))
        let sorter = StagingSorter(spool: spool, name: "rows", runSize: runSize)
        var chance = SeededRandomness(seed: UInt64(runSize))
        let rows = (0..<500).map { line in
            Row(
                key: (0..<Int.random(in: 0...12, using: &chance)).map { _ in
                    UInt8.random(in: 0...2, using: &chance)
                },
                line: Int64(line),
                fields: ["", "Zoë", String(repeating: "x", count: line == 9 ? 400_000 : line % 5)]
            )
        }
        for row in rows { try add(row, to: sorter, row.line % 7 == 0 ? .nulByte : nil) }
        let expected = rows.sorted { left, right in
            left.key == right.key
                ? left.line < right.line : left.key.lexicographicallyPrecedes(right.key)
        }
        #expect(sorter.count == 500)
        #expect(try sorted(sorter) == expected)
        #expect(try sorted(sorter) == expected)
        sorter.remove()
        #expect(try sorted(sorter).isEmpty)
    }
}
