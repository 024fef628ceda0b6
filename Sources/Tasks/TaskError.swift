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
    /// No job is registered for the type.
    case unknownType(String)

    /// A sentence that is safe to print.
    public var description: String {
        switch self {
        case .noSuchTask(let id): "there is no task \(id)"
        case .ended(let id): "task \(id) has ended"
        case .cannotRetry(let id): "task \(id) is running or went well; there is nothing to retry"
        case .leaseLost(let id): "task \(id) was taken over by another node"
        case .unknownType(let type): "this program has no job for tasks of type \(type)"
        }
    }

    /// Nothing of this mends itself.
    public var retryAdvice: RetryAdvice { .never }
}
