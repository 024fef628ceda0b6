// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The benchmarks: each figure beside its floor, taken in the same run (goals.md).
///
/// R6 is a test: scripts/bench.sh runs it beside this program.
///
/// `millrace-bench [--rows N] [--runs N] [--folder DIR] [P1a P1b P1c P1w P2a P2b P2c P2w P3 P4 P4p P5 P5p P6 P6p
/// P7 P7p P8 P8p P10 P10p P10i P10pi PC PCp]` runs all, or those named.
/// `millrace-bench spool FOLDER MEGABYTES [DATABASE]` measures the places of the spool. The other words
/// are for the processes that it starts itself.
@main
struct Program {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case "bodies": try BulkBodies(arguments).run()
        case "console": try await ConsoleProcess(arguments).run()
        case "export": try await ExportProcess(arguments).run()
        case "import": try await ImportProcess(arguments).run()
        case "send": try await SendProcess(arguments).run()
        case "serve": try await APIProcess(arguments).run()
        case "spool": try SpoolProcess(arguments).run()
        case "write": try await WriterProcess(arguments).run()
        default: try Suite(Options(arguments)).run()
        }
    }
}

/// What a run of the benchmarks is asked for.
struct Options {
    var rows = 1_000_000
    var runs = 3
    var folder =
        NSTemporaryDirectory() + "millrace-bench-\(ProcessInfo.processInfo.processIdentifier)"
    var names: Set<String> = []

    init(_ arguments: [String]) {
        var rest = arguments[...]
        while let word = rest.popFirst() {
            switch word {
            case "--rows": rows = rest.popFirst().flatMap(Int.init) ?? rows
            case "--runs": runs = rest.popFirst().flatMap(Int.init) ?? runs
            case "--folder": folder = rest.popFirst() ?? folder
            default: names.insert(word)
            }
        }
    }

    func wants(_ name: String) -> Bool { names.isEmpty || names.contains(name) }
}
