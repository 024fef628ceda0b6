// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// What README.md says to type works, in the order in which it says it.
struct ReadmeTests {
    @Test(.timeLimit(.minutes(30)), arguments: TestEngine.lasting)
    func `every command of the README's part for real works`(_ engine: TestEngine) async throws {
        let scratch = try Scratch(engine)
        let folder = scratch.folder.path
        for name in ["people.csv", "welcome.json"] {
            try FileManager.default.copyItem(
                atPath: "\(Scratch.repository)/Samples/\(name)",
                toPath: "\(folder)/\(name)"
            )
        }
        _ = try scratch.folder.write(
            "orderNumber,userId\nA-1,M380188\nA-2,M160056\n",
            to: "orders.csv"
        )
        var ran = 0
        for line in try Self.lines(engine) {
            let command = line.replacing("/var/lib/millrace", with: folder)
            let shell = try RunningProgram(
                "/bin/sh",
                ["-c", command],
                environment: [
                    "MILLRACE_DATABASE": engine == .postgres
                        ? scratch.address : "sqlite:\(folder)/millrace.sqlite",
                    "MILLRACE_DATA": "\(folder)/millrace.sqlite-data",
                    "PATH": "\(Self.programs(try Scratch.executable())):/usr/bin:/bin",
                ],
                workingFolder: folder,
                scratch: folder
            )
            let ended = try await shell.end()
            // 3: the sample has bad rows, which is what it is for.
            let isGood = ended.code == 0 || ended.code == 3 && line.contains("import ")
            #expect(isGood, "\(line): \(ended.code ?? -1) \(ended.output)\(ended.error)")
            ran += 1
        }
        #expect(ran > 15)
    }

    /// The commands that the README names, in blocks and in sentences, exist.
    @Test func `every command that the README names has a help page`() async throws {
        let golden = try String(
            contentsOfFile: "\(Scratch.repository)/Tests/MillraceTests/Golden/help.txt",
            encoding: .utf8
        )
        let readme = try Self.readme()
        let named = readme.matches(of: #/millrace ([a-z-]+)(?: ([a-z-]+))?/#).filter {
            golden.contains("=== millrace \($0.1)\n")
        }
        #expect(named.count > 20)
        for match in named {
            guard let second = match.2, golden.contains("=== millrace \(match.1) ") else {
                continue
            }
            #expect(
                golden.contains("=== millrace \(match.1) \(second)\n"),
                "millrace \(match.1) \(second)"
            )
        }
    }

    /// The lines of the blocks of the part "For real", but for the build and the other engine.
    private static func lines(_ engine: TestEngine) throws -> [String] {
        let program = engine == .postgres ? "pg_dump " : "sqlite3 "
        let part = try #require(
            try readme().components(separatedBy: "## For real").last?
                .components(separatedBy: "\n## ").first
        )
        return part.matches(of: #/```sh\n((?s).*?)```/#)
            .flatMap { $0.1.split(separator: "\n").map(String.init) }
            .filter { $0.hasPrefix("millrace ") || $0.hasPrefix(program) }
    }

    private static func readme() throws -> String {
        try String(contentsOfFile: "\(Scratch.repository)/README.md", encoding: .utf8)
    }

    private static func programs(_ path: String) -> String {
        (path as NSString).deletingLastPathComponent
    }
}
