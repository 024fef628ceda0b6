// SPDX-License-Identifier: Apache-2.0
public import Common
import Dispatch
import Synchronization
public import Tasks

/// Stands for a crash: thrown at an armed failpoint.
///
/// A worker records nothing of it.
public struct SimulatedCrash: SimulatedStop, Equatable, CustomStringConvertible {
    /// The failpoint's name.
    public let name: String

    /// Makes what an armed failpoint throws, to compare with.
    public init(name: String) { self.name = name }

    /// Where the program was stopped.
    public var description: String { "stopped at \(name)" }
}

/// Records which failpoints were passed, and stops the program at one of them.
public final class FailpointRecorder: Sendable {
    private struct State {
        var passed: [String] = []
        var armed: [String: Int] = [:]
        var gates: [String: DispatchSemaphore] = [:]
    }

    private let state = Mutex(State())

    /// Makes a recorder that stops nothing yet.
    public init() {}

    /// What is handed to the code under test.
    public var failpoints: Failpoints {
        Failpoints { [self] name in try pass(name) }
    }

    /// The names that were passed, in order, with those that threw.
    public var passed: [String] { state.withLock { $0.passed } }

    /// Throws a ``SimulatedCrash`` at the n-th pass of a name from now on; once.
    public func arm(_ name: String, pass number: Int = 1) {
        state.withLock { $0.armed[name] = number }
    }

    /// Stops nothing any more; the record stays.
    public func disarm() { state.withLock { $0.armed = [:] } }

    /// Holds the thread that passes a name next until it is let go: for places that are passed on
    /// threads that may block.
    public func hold(_ name: String) {
        state.withLock { $0.gates[name] = DispatchSemaphore(value: 0) }
    }

    /// Lets go what ``hold(_:)`` holds; from then on the name is passed.
    public func release(_ name: String) {
        _ = state.withLock { $0.gates.removeValue(forKey: name) }?.signal()
    }

    private func pass(_ name: String) throws {
        let (isDue, gate) = state.withLock { state in
            state.passed.append(name)
            let gate = state.gates[name]
            guard let left = state.armed[name] else { return (false, gate) }
            state.armed[name] = left > 1 ? left - 1 : nil
            return (left <= 1, gate)
        }
        gate?.wait()
        if isDue { throw SimulatedCrash(name: name) }
    }
}
