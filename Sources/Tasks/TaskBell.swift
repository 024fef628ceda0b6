// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// Wakes this process's worker when a task was enqueued; other processes poll.
enum TaskBell {
    private static let listeners = Mutex<[Int: AsyncStream<Void>.Continuation]>([:])

    static func ring() {
        listeners.withLock { for listener in $0.values { listener.yield() } }
    }

    static func listen() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let key = listeners.withLock { listeners in
            let key = (listeners.keys.max() ?? 0) + 1
            listeners[key] = continuation
            return key
        }
        continuation.onTermination = { _ in
            listeners.withLock { _ = $0.removeValue(forKey: key) }
        }
        return stream
    }
}
