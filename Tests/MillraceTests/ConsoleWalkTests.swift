// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// People walk through the console in a real browser, against the real program.
@Suite(.serialized) struct ConsoleWalkTests {
    @Test(.timeLimit(.minutes(30)), arguments: TestEngine.lasting)
    func `the journeys of a marketer lead through accessible pages`(
        engine: TestEngine
    ) async throws {
        let scratch = try Scratch(engine)
        let pictures = "\(Scratch.repository)/.build/console/\(engine)"
        let arguments = [
            try Scratch.executable(), scratch.address, scratch.folder.path, pictures,
        ]
        let report = try await ConsoleWalkTests.output(
            arguments + (engine == .file ? [] : ["quick"])
        )
        #expect(report.hasSuffix("all is well\n"), "on \(engine): \(report)")
    }

    /// What the walk prints; it runs on a thread of its own, because it takes long.
    private static func output(_ arguments: [String]) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result {
                        let walk = try PythonScript(
                            "console/walk.py",
                            arguments,
                            package: "playwright"
                        )
                        return String(decoding: walk.readAll(), as: UTF8.self)
                    }
                )
            }
        }
    }
}
