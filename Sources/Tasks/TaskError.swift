// SPDX-License-Identifier: Apache-2.0
public import Common

/// What can go wrong with tasks.
public enum TaskError: Error, Hashable, CustomStringConvertible, RetryAdvising {
    /// There is no such task in the workspace.
    case noSuchTask(TaskID)
    /// The task has ended.
    case ended(TaskID)
    /// The task is running or went well.
    case cannotRetry(TaskID)
    /// Another node has taken the task over; whatever is in hand must be dropped.
    case leaseLost(TaskID)
    /// This node shuts down; the task goes on at its checkpoint, on another node if there is one.
    case interrupted(TaskID)
    /// No job is registered for the type.
    case unknownType(String)

    /// A sentence that is safe to print.
    public var description: String {
        switch self {
        case .noSuchTask(let id): "there is no task \(id)"
        case .ended(let id): "task \(id) has ended"
        case .cannotRetry(let id): "task \(id) is running or went well; there is nothing to retry"
        case .leaseLost(let id): "task \(id) was taken over by another node"
        case .interrupted(let id): "task \(id) was interrupted: its node shuts down"
        case .unknownType(let type): "this program has no job for tasks of type \(type)"
        }
    }

    /// Nothing of this mends itself, but for an interruption.
    public var retryAdvice: RetryAdvice {
        if case .interrupted = self { .later } else { .never }
    }
}
