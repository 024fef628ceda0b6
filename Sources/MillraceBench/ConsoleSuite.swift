// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The list pages of the console over as many profiles and tasks as rows (spec/console.md: 50 ms).
struct ConsoleSuite {
    let options: Options

    func show(_ server: PostgresProcess?) throws {
        let files = try BenchFiles(options, .first)
        defer { files.remove() }
        let ground = try Ground(files, server)
        _ = try Child(["import", ground.address, files.folder + "/data", files.first]).output()
        try ground.settle()
        let child = try Child([
            "console", ground.address, files.folder + "/data", "\(options.rows)",
        ])
        let lines = try child.output().split(separator: "\n")
        try ground.clear()
        guard !lines.isEmpty else { throw BenchError.importFailed("the console did not start") }
        let name = server == nil ? "PC" : "PCp"
        print("\(name) pages among \(options.rows) profiles and tasks, ms: median, longest")
        for line in lines { print("    \(line)") }
    }
}
