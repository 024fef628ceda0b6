// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// What the pages of docs/api say to type works, from an empty folder.
struct APIGuideTests {
    @Test(
        .timeLimit(.minutes(30)),
        arguments: [
            (
                "send-a-mail.md",
                ["\"completed\":true", "\"sent\":2", "\"state\":\"sent\"", "\n2\n"]
            ),
            (
                "members.md",
                [
                    "\"status\":\"waiting\"", "\"members_created_number\":2",
                    "\"members_with_validation_errors_number\":1",
                    "\"members_updated_number\":1",
                ]
            ),
        ]
    )
    func `each page of the guide runs from an empty folder`(
        _ page: String,
        _ expected: [String]
    ) async throws {
        let text = try String(
            contentsOfFile: "\(Scratch.repository)/docs/api/\(page)",
            encoding: .utf8
        )
        let blocks = text.matches(of: #/```sh\n((?s).*?)```/#).map { String($0.1) }
        #expect(blocks.count > 3)
        let folder = try TemporaryFolder()
        let port = try HeldPort()
        // A reader's machine is not as busy as one that runs all tests.
        let script = blocks.joined(separator: "\n").replacing("8080", with: "\(port.number)")
            .replacing("--retry 60", with: "--retry 600")
        let programs = URL(fileURLWithPath: try Scratch.executable())
            .deletingLastPathComponent().path
        let shell = try RunningProgram(
            "/bin/bash",
            ["-euo", "pipefail", "-c", "trap 'kill $SERVER 2>/dev/null || true' EXIT\n" + script],
            environment: ["PATH": "\(programs):/usr/bin:/bin", "HOME": folder.path],
            workingFolder: folder.path,
            scratch: folder.path
        )
        let ended = try await shell.end()
        withExtendedLifetime(port) {}
        #expect(ended.code == 0, "\(ended.code ?? -1) \(ended.output) \(ended.error)")
        for words in expected { #expect(ended.output.contains(words), "\(words): \(ended.output)") }
    }
}
