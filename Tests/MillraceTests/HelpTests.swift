// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Testing

@testable import MillraceCommand

/// The help of every command, held against golden files.
///
/// `MILLRACE_RECORD=1` writes them anew and fails once.
struct HelpTests {
    private static var golden: String { "\(Scratch.repository)/Tests/MillraceTests/Golden" }

    @Test func `the help of every command is what its golden file says`() throws {
        let file = "\(Self.golden)/help.txt"
        let text = Self.help(of: Program.self, named: ["millrace"])
        guard ProcessInfo.processInfo.environment["MILLRACE_RECORD"] == nil else {
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
            Issue.record("recorded \(file)")
            return
        }
        let golden = try String(contentsOfFile: file, encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let expected = golden.split(separator: "\n", omittingEmptySubsequences: false)
        for (line, other) in zip(lines, expected) { try #require(line == other) }
        #expect(lines.count == expected.count)
    }

    /// Every command's help under a line that names it.
    private static func help(
        of command: any ParsableCommand.Type,
        named path: [String]
    ) -> String {
        let own = Program.helpMessage(for: command, columns: 100)
        let head = "=== \(path.joined(separator: " "))\n\(own)\n"
        return command.configuration.subcommands.reduce(head) { text, next in
            text + help(of: next, named: path + [name(of: next)])
        }
    }

    private static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName
            ?? "\(command)".replacing(#/([a-z])([A-Z])/#) { "\($0.1)-\($0.2)" }.lowercased()
    }
}
