// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Does what blocks for long on a thread of its own, away from those that serve all tests.
func onOwnThread<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}
