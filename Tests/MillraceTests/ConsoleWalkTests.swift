// SPDX-License-Identifier: Apache-2.0
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
        let report = try await PythonScript.output(
            "console/walk.py",
            arguments + (engine == .file ? [] : ["quick"]),
            package: "playwright"
        )
        #expect(report.hasSuffix("all is well\n"), "on \(engine): \(report)")
    }
}
