// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Files that say what a format is; one that is missing is recorded, and the test fails once.
enum Golden {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    static func expect(
        _ text: String,
        _ name: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let url = folder.appendingPathComponent(name)
        guard let expected = try? String(contentsOf: url, encoding: .utf8) else {
            try Data(text.utf8).write(to: url)
            Issue.record("recorded \(name); look at it", sourceLocation: sourceLocation)
            return
        }
        #expect(text == expected, sourceLocation: sourceLocation)
    }
}
