// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Runs benchmarks and prints one table: figure, floor, ratio.
struct Suite {
    private let options: Options

    init(_ options: Options) { self.options = options }

    func run() throws {
        try FileManager.default.createDirectory(
            atPath: options.folder,
            withIntermediateDirectories: true
        )
        defer { try? FileManager.default.removeItem(atPath: options.folder) }
        print("Import of \(options.rows) rows on SQLite, medians of \(options.runs) runs")
        print("figure                          ours        floor   ratio  peak MB")
        var results: [String: [Measured]] = [:]
        for _ in 0..<options.runs {
            for (name, measured) in try smallRound() + largeRound() {
                results[name, default: []].append(measured)
            }
        }
        for name in results.keys.sorted() { show(name, results[name] ?? []) }
        if options.wants("P1w") { try showWriter() }
        if options.wants("P3") { try showMemory() }
    }

    /// One figure of one run.
    private struct Measured {
        var ours: Double
        var floor: Double
        var memory: Int
    }

    /// P1 a and b: into an empty table, then one column changed.
    private func smallRound() throws -> [(String, Measured)] {
        guard options.wants("P1a") || options.wants("P1b") else { return [] }
        let files = try BenchFiles(options, .firstAndChanged)
        defer { files.remove() }
        try Floor(path: files.floor).create()
        return [
            ("P1a empty table", try pair(files.first, files, stamp: 1)),
            ("P1b one column changed", try pair(files.changed, files, stamp: 2)),
        ]
    }

    /// P1 c: into five times as many rows, half of them new.
    private func largeRound() throws -> [(String, Measured)] {
        guard options.wants("P1c") else { return [] }
        let files = try BenchFiles(options, .baseAndHalf)
        defer { files.remove() }
        try Floor(path: files.floor).create()
        _ = try Floor(path: files.floor).load(files.base, stamp: 1)
        _ = try ours(files.base, files)
        return [("P1c into 5x, half new", try pair(files.half, files, stamp: 2))]
    }

    private func pair(_ csv: String, _ files: BenchFiles, stamp: Int) throws -> Measured {
        let floor = try Floor(path: files.floor).load(csv, stamp: stamp)
        let (seconds, memory) = try ours(csv, files)
        return Measured(ours: seconds, floor: floor, memory: memory)
    }

    private func ours(_ csv: String, _ files: BenchFiles) throws -> (Double, Int) {
        let words = try Child(["import", files.folder, csv]).output().split(separator: " ")
        guard words.count > 2, let seconds = Double(words[0]), let memory = Int(words[1]) else {
            throw BenchError.importFailed(words.joined(separator: " "))
        }
        return (seconds, memory)
    }

    private func show(_ name: String, _ runs: [Measured]) {
        let ratio = median(runs.map { $0.ours / $0.floor })
        let ours = median(runs.map(\.ours))
        let floor = median(runs.map(\.floor))
        let memory = runs.map(\.memory).max() ?? 0
        print(
            name.padding(toLength: 26, withPad: " ", startingAt: 0),
            String(format: "%9.2f s %10.2f s %7.2f %8d", ours, floor, ratio, memory)
        )
    }

    /// A second process that writes every 50 ms while the import with one column changed runs.
    private func showWriter() throws {
        let files = try BenchFiles(options, .firstAndChanged)
        defer { files.remove() }
        _ = try ours(files.first, files)
        let writer = try Child(["write", files.folder])
        try writer.waitForLine()
        let (seconds, _) = try ours(files.changed, files)
        let words = try writer.closeAndRead().split(separator: " ")
        print(
            "P1w writes beside it: \(words[0]), median \(words[1]) ms, p99 \(words[2]) ms, "
                + "longest \(words[3].trimmingCharacters(in: .whitespacesAndNewlines)) ms; "
                + String(format: "import %.2f s", seconds)
        )
    }

    /// P3: the peak of memory with as many rows, and with ten times as many.
    private func showMemory() throws {
        for factor in [1, 10] {
            var larger = options
            larger.rows = options.rows * factor
            let files = try BenchFiles(larger, .first)
            defer { files.remove() }
            let (seconds, memory) = try ours(files.first, files)
            print(
                "P3 \(larger.rows) rows: peak \(memory) MB, "
                    + String(format: "%.2f s", seconds)
            )
        }
    }

    private func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted[sorted.count / 2]
    }
}

/// The files of one round.
struct BenchFiles {
    let folder: String
    var floor: String { folder + "/floor.db" }
    var first: String { folder + "/first.csv" }
    var changed: String { folder + "/changed.csv" }
    var base: String { folder + "/base.csv" }
    var half: String { folder + "/half.csv" }

    /// Which files a round needs.
    enum Content {
        case first
        case firstAndChanged
        case baseAndHalf
    }

    init(_ options: Options, _ content: Content) throws {
        folder = options.folder + "/round-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        let rows = options.rows
        switch content {
        case .baseAndHalf:
            let people = 5 * rows - rows / 2..<5 * rows + rows / 2
            try PeopleFile(people: 0..<5 * rows).write(to: base)
            try PeopleFile(people: people, change: 1).write(to: half)
        case .firstAndChanged:
            try PeopleFile(people: 0..<rows).write(to: first)
            try PeopleFile(people: 0..<rows, change: 1).write(to: changed)
        case .first:
            try PeopleFile(people: 0..<rows).write(to: first)
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }
}
