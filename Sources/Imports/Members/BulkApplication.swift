// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database

/// Applies one bulk's members inside a transaction, in their order.
///
/// Members that may name one profile are merged one after the other, all others at once.
struct BulkApplication {
    /// What became of a bulk.
    struct Outcome {
        var breakdown: BulkBreakdown
        var problems = MemberProblems()
    }

    let bulk: MemberBulk
    let reader: MemberReader

    /// Applies the members of a payload.
    ///
    /// - Throws: What the database said; then nothing of the bulk may be kept.
    func apply(
        _ payload: [UInt8],
        by context: Context,
        in transaction: Transaction
    ) throws -> Outcome {
        try payload.withUnsafeBufferPointer { bytes in
            let members = try reader.read(bytes)
            var outcome = Outcome(
                breakdown: BulkBreakdown(total: members.count, isDryRun: bulk.isDryRun)
            )
            for member in members where !member.problems.isEmpty {
                outcome.fail(member, member.problems)
            }
            let sound = members.indices.filter { members[$0].problems.isEmpty }
            let merge = BulkMerge(bulk, reader, members, sound)
            try merge.run(sound, &outcome, by: context, in: transaction)
            guard outcome.breakdown.closes else {
                throw ImportError.ledgerOpen(outcome.breakdown.words)
            }
            return outcome
        }
    }
}

extension BulkApplication.Outcome {
    /// A member that is not saved.
    mutating func fail(_ member: GivenMember, _ reasons: [MemberProblem]) {
        breakdown.validationErrors += 1
        problems.add(reasons, of: member)
    }

    /// A member that is saved.
    mutating func accept(
        _ member: GivenMember,
        _ outcome: RowOutcome,
        _ warnings: [MemberProblem]
    ) {
        switch outcome {
        case .created: breakdown.created += 1
        case .updated: breakdown.updated += 1
        case .unchanged: breakdown.unchanged += 1
        }
        guard !warnings.isEmpty else { return }
        breakdown.warnings += 1
        problems.add(warnings, of: member)
    }
}
