// SPDX-License-Identifier: Apache-2.0
import Audience
public import Common
public import Database

/// Has segmentations computed anew for the profiles that an import touched (spec/audience.md).
public struct SegmentRefreshListener: ImportListener {
    /// Makes the listener.
    public init() {}

    /// Nothing: segments are computed once the profiles are there.
    public func importStarted(
        _ run: ImportRun,
        by context: Context,
        in transaction: Transaction
    ) throws {}

    /// Enqueues a refresh where the table has segmentations.
    public func importEnded(
        _ run: ImportRun,
        by context: Context,
        in transaction: Transaction
    ) throws {
        guard let table = run.table else { return }
        try SegmentRefreshes(run.workspace)
            .start(after: run.task, into: table, by: context, in: transaction)
    }
}
