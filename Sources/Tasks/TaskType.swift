// SPDX-License-Identifier: Apache-2.0
public import Common

/// What a kind of task declares of itself (spec/task-history.md, "Types").
public struct TaskType: Sendable, Hashable {
    /// The word that is stored, such as `profile_import`.
    public var name: String
    /// The name that people see.
    public var displayName: String
    /// The queue whose concurrency limit it counts against.
    public var queue: String
    /// What happens after a failure.
    public var retry: RetryPolicy
    /// Whether a task that is stopped while it waits is ended by its job, which has something to
    /// close: a ledger, a trigger.
    ///
    /// Tasks of other types are cancelled at once.
    public var closesWhenStopped: Bool

    /// Makes a type; five attempts, and cancelled at once when stopped, unless given.
    public init(
        name: String,
        displayName: String,
        queue: String,
        retry: RetryPolicy = .standard,
        closesWhenStopped: Bool = false
    ) {
        self.name = name
        self.displayName = displayName
        self.queue = queue
        self.retry = retry
        self.closesWhenStopped = closesWhenStopped
    }
}

/// When a failed task is tried again: exponential backoff with jitter.
public struct RetryPolicy: Sendable, Hashable {
    /// How many attempts there are in all.
    public var attempts: Int
    /// The pause after the first failure.
    public var firstPause: Span
    /// The longest pause.
    public var longestPause: Span

    /// Makes a policy.
    public init(attempts: Int, firstPause: Span, longestPause: Span) {
        self.attempts = attempts
        self.firstPause = firstPause
        self.longestPause = longestPause
    }

    /// Five attempts, pauses from 30 seconds to 30 minutes.
    public static let standard = RetryPolicy(
        attempts: 5,
        firstPause: .seconds(30),
        longestPause: .minutes(30)
    )

    /// One attempt: a person decides.
    public static let never = RetryPolicy(
        attempts: 1,
        firstPause: .zero,
        longestPause: .zero
    )

    /// The pause after the n-th failure, from 1; doubled each time, plus up to a quarter of chance.
    ///
    /// - Parameters:
    ///   - count: Which failure it was, from 1.
    ///   - chance: From 0 up to, not including, 1.
    /// - Returns: Nil when there are no attempts left.
    public func pause(afterFailure count: Int, chance: Double) -> Span? {
        guard count < attempts else { return nil }
        let doubled = firstPause.microseconds << Int64(min(count - 1, 20))
        let pause = min(doubled, longestPause.microseconds)
        return Span(microseconds: pause + Int64(Double(pause) * chance / 4))
    }
}
