// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport

/// Runs scripts that call the server of a test.
enum Python {
    /// What a script prints; it runs on a thread of its own, because it takes long.
    static func output(
        _ script: String,
        _ arguments: [String],
        package: String
    ) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result {
                        let running = try PythonScript(script, arguments, package: package)
                        return String(decoding: running.readAll(), as: UTF8.self)
                    }
                )
            }
        }
    }
}
