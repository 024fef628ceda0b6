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
        print("Imports of \(options.rows) rows, medians of \(options.runs) runs")
        print("figure                          ours        floor   ratio  peak MB")
        for engine in BenchEngine.allCases { try showImports(engine) }
        if options.wants("P1w") { try showWriter(nil) }
        if options.wants("P2w") { try withServer { try showWriter($0) } }
        if options.wants("P3") { try showMemory() }
        let api = APISuite(options: options)
        if options.wants("P4") { try api.showBulks(nil) }
        if options.wants("P4p") { try withServer { try api.showBulks($0) } }
        let sends = SendSuite(options: options)
        if options.wants("P5") { try sends.showDelivery(nil) }
        if options.wants("P5p") { try withServer { try sends.showDelivery($0) } }
        if options.wants("P6") { try sends.showPlanning(nil) }
        if options.wants("P6p") { try withServer { try sends.showPlanning($0) } }
        let exports = ExportSuite(options: options)
        if options.wants("P7") { try exports.showEvents(nil) }
        if options.wants("P7p") { try withServer { try exports.showEvents($0) } }
        if options.wants("P8") { try exports.showDeltas(nil) }
        if options.wants("P8p") { try withServer { try exports.showDeltas($0) } }
        if options.wants("P10") { try api.showPages(nil) }
        if options.wants("P10p") { try withServer { try api.showPages($0) } }
        if options.wants("P10i") { try api.showBeside(nil) }
        if options.wants("P10pi") { try withServer { try api.showBeside($0) } }
        let console = ConsoleSuite(options: options)
        if options.wants("PC") { try console.show(nil) }
        if options.wants("PCp") { try withServer { try console.show($0) } }
    }

    private func showImports(_ engine: BenchEngine) throws {
        let wanted = ["a", "b", "c"].filter { options.wants(engine.rawValue + $0) }
        guard !wanted.isEmpty else { return }
        var results: [String: [Measured]] = [:]
        let rounds = { (server: PostgresProcess?) in
            for _ in 0..<options.runs {
                for (name, measured) in try smallRound(engine, server)
                    + largeRound(engine, server)
                {
                    results[name, default: []].append(measured)
                }
            }
        }
        if engine == .postgres { try withServer(rounds) } else { try rounds(nil) }
        for name in results.keys.sorted() { show(name, results[name] ?? []) }
    }

    private func withServer(_ body: (PostgresProcess) throws -> Void) throws {
        let server = try PostgresProcess()
        try body(server)
        try server.stop()
    }

    /// One figure of one run.
    private struct Measured {
        var ours: Double
        var floor: Double
        var memory: Int
    }

    /// a and b: into an empty table, then one column changed.
    private func smallRound(
        _ engine: BenchEngine,
        _ server: PostgresProcess?
    ) throws -> [(String, Measured)] {
        let name = engine.rawValue
        guard options.wants(name + "a") || options.wants(name + "b") else { return [] }
        let files = try BenchFiles(options, .firstAndChanged)
        defer { files.remove() }
        let ground = try Ground(files, server)
        try ground.floor.create()
        let results = [
            ("\(name)a empty table", try pair(files.first, files, ground, stamp: 1)),
            ("\(name)b one column changed", try pair(files.changed, files, ground, stamp: 2)),
        ]
        try ground.clear()
        return results
    }

    /// c: into five times as many rows, half of them new.
    private func largeRound(
        _ engine: BenchEngine,
        _ server: PostgresProcess?
    ) throws -> [(String, Measured)] {
        guard options.wants(engine.rawValue + "c") else { return [] }
        let files = try BenchFiles(options, .baseAndHalf)
        defer { files.remove() }
        let ground = try Ground(files, server)
        try ground.floor.create()
        _ = try ground.floor.load(files.base, stamp: 1)
        _ = try ours(files.base, files, ground)
        let result = try pair(files.half, files, ground, stamp: 2)
        try ground.clear()
        return [("\(engine.rawValue)c into 5x, half new", result)]
    }

    private func pair(
        _ csv: String,
        _ files: BenchFiles,
        _ ground: Ground,
        stamp: Int
    ) throws -> Measured {
        try ground.settle()
        let floor = try ground.floor.load(csv, stamp: stamp)
        try ground.settle()
        let (seconds, memory) = try ours(csv, files, ground)
        return Measured(ours: seconds, floor: floor, memory: memory)
    }

    private func ours(
        _ csv: String,
        _ files: BenchFiles,
        _ ground: Ground
    ) throws -> (Double, Int) {
        let child = try Child(["import", ground.address, files.folder + "/data", csv])
        let words = try child.output().split(separator: " ")
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
    private func showWriter(_ server: PostgresProcess?) throws {
        let files = try BenchFiles(options, .firstAndChanged)
        defer { files.remove() }
        let ground = try Ground(files, server)
        _ = try ours(files.first, files, ground)
        let writer = try Child(["write", ground.address, files.folder + "/data"])
        try writer.waitForLine()
        let (seconds, _) = try ours(files.changed, files, ground)
        let words = try writer.closeAndRead().split(separator: " ")
        try ground.clear()
        print(
            "\(server == nil ? "P1" : "P2")w writes beside it: \(words[0]), median \(words[1]) ms, "
                + "p99 \(words[2]) ms, "
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
            let (seconds, memory) = try ours(files.first, files, try Ground(files, nil))
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
