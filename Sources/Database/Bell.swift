// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// Wakes whoever waits for work in a database: in this process, and by the engine on other nodes.
///
/// A bell may be missed; who listens looks from time to time all the same.
public final class Bell: Sendable {
    private struct State {
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var next = 0
    }

    private let state = Mutex(State())
    /// Tells the other nodes; returns at once.
    private let spread: @Sendable () -> Void
    /// Called when the first listener comes.
    private let began: @Sendable (Bell) -> Void

    /// Makes a bell that is heard in this process alone.
    public convenience init() { self.init(spread: {}, began: { _ in }) }

    init(
        spread: @escaping @Sendable () -> Void,
        began: @escaping @Sendable (Bell) -> Void
    ) {
        self.spread = spread
        self.began = began
    }

    /// Wakes all listeners, here and elsewhere.
    public func ring() {
        ringHere()
        spread()
    }

    /// A stream of rings, which ends with its reader.
    ///
    /// Several that nobody has heard yet are one.
    public func listen() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let key = state.withLock { state in
            state.next += 1
            state.listeners[state.next] = continuation
            return state.next
        }
        if key == 1 { began(self) }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.listeners.removeValue(forKey: key) }
        }
        return stream
    }

    /// Wakes the listeners of this process.
    func ringHere() {
        state.withLock { for listener in $0.listeners.values { listener.yield() } }
    }
}
