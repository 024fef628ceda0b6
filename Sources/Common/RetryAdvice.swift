// SPDX-License-Identifier: Apache-2.0

/// An error that says whether trying again can help.
public protocol RetryAdvising: Error {
    /// The advice.
    var retryAdvice: RetryAdvice { get }
}

/// Whether trying again can help.
public enum RetryAdvice: Sendable, Hashable {
    /// It would fail in the same way: the task ends Fatal.
    case never
    /// It may pass later: the type's policy applies.
    case later
}
